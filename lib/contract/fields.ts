/**
 * The field types of requests, with EMQX's lenient conversions and its failure texts. [HOCON schema of EMQX 5.8]
 *
 * Each helper returns a Zod schema whose failures carry, as JSON in Zod's `message`, what the wire says about them;
 * `lib/http/validation-failure.ts` adds path and value.
 */
import * as z from "zod/mini";
import { convertibleText, isPrintable, readTerm, shownValue, type Term } from "./erlang-values.ts";
import { because, explain } from "./failure-detail.ts";

/** Printable text; a whole number is taken as its decimal digits, and a list of characters as their text. */
export function text() {
  const error = because({ expected: "binary()" });
  return z.pipe(
    z.transform((value) => convertibleText(value) ?? value),
    z.string({ error }).check(z.refine(isPrintable, { error })),
  );
}

/** Printable text that must be sent as text. */
export function sentText() {
  const error = because({ expected: "binary()" });
  return z.string({ error }).check(z.refine((value) => isPrintable(value), { error }));
}

/** A whole number from `min` to `max`; numeric text is converted. */
export function integer(min: number, max: number, expected = `${min}..${max}`) {
  return wholeNumber(min, max, { type: expected, range: expected }, readTerm);
}

/** A positive whole number of any size. */
export function positiveInteger() {
  return integer(1, Number.MAX_SAFE_INTEGER, "pos_integer()");
}

/** Any whole number. */
export function anyInteger() {
  return wholeNumber(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, anyNumber("integer()"), readDigits);
}

/** A whole number from `min` to `max`, for which EMQX's type is any whole number. */
export function integerWithin(min: number, max: number) {
  return wholeNumber(min, max, anyNumber(`${min}..${max}`), readDigits);
}

const anyNumber = (range: string) => ({ type: "integer()", range });

const readDigits = (text: string): Term =>
  /^[+-]?\d+$/.test(text) ? { value: Number(text) } : { problem: "Unable to parse integer value" };

function wholeNumber(
  min: number,
  max: number,
  expected: { type: string; range: string },
  read: (text: string) => Term,
) {
  const error = because({ expected: expected.range });
  return z.pipe(
    converted(read),
    z
      .int({ error: because({ expected: expected.type }), abort: true })
      .check(z.gte(min, { error }), z.lte(max, { error })),
  );
}

/** `true` or `false`, also as text. */
export function flag() {
  const read = (text: string) =>
    /^(true|false)$/.test(text) ? { value: text === "true" } : { problem: "Unable to parse boolean value" };
  return z.pipe(converted(read), z.boolean({ error: because({ expected: "boolean()" }) }));
}

/** An MQTT quality of service: 0, 1 or 2, also as text. */
export function qos() {
  const read = (text: string) =>
    /^[012]$/.test(text) ? { value: Number(text) } : { problem: "Unable to parse string" };
  return z.pipe(converted(read), z.literal([0, 1, 2], { error: because({ expected: "qos()" }) }));
}

/** Reads what EMQX converts by its text, and leaves the rest. */
function converted(read: (text: string) => Term) {
  return z.transform((value: unknown, context) => {
    const text = convertibleText(value);
    if (text === undefined) return value;
    const term = read(text);
    if ("value" in term) return term.value;
    context.issues.push({ code: "custom", message: because(term.problem), input: value });
    return z.NEVER;
  });
}

/** One of the given words; case matters. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: ({ input }) => noSuchWord(input) });
}

/** EMQX finds no word in what is neither text nor a whole number, and repeats a text as the term that it is. */
function noSuchWord(input: unknown): string {
  const isWordLike = typeof input === "string" || typeof input === "boolean" || Number.isInteger(input);
  const reason = isWordLike ? "not_a_enum_symbol" : "unable_to_convert_to_enum_symbol";
  if (input === "undefined") return explain({ reason: "required_field" }, false);
  return explain({ reason, value: wordValue(input) }, false);
}

/** A text that names a whole number or a constant stands for it, where a word is expected. */
function wordValue(input: unknown): unknown {
  if (typeof input !== "string") return shownValue(input);
  if (/^(true|false|null)$/.test(input)) return JSON.parse(input);
  return /^[+-]?\d+$/.test(input) ? Number(input) : input;
}

/** Text that fits a rule; `problem` tells why it does not, in the words of the wire. */
export function ruledText(problem: (value: string) => string | undefined) {
  const error = ({ input }: { input?: unknown }) => because(problem(String(input)));
  const fits = (value: string) => problem(value) === undefined;
  return z.pipe(text(), z.string().check(z.refine(fits, { error })));
}

/** An object with exactly these fields; an undeclared one is an error. */
export function struct<const Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? explain(unknownFields(shape, issue.keys, issue.input), false)
        : because("bad_value_for_struct"),
  });
}

/** A list; an empty object counts as an empty list. */
export function list<Item extends z.ZodMiniType>(item: Item) {
  return z.pipe(
    z.transform((value) => (isObject(value) && Object.keys(value).length === 0 ? [] : value)),
    z.array(item, { error: (issue) => explain(notAList(issue.input), false) }),
  );
}

/** A list that must be sent as one: an empty object, or no body, is not taken for an empty list. */
export function sentList<Item extends z.ZodMiniType>(item: Item) {
  return z.array(item, { error: ({ input }) => explain(notAList(input), false) });
}

/** An object with any keys, whose values are text. */
export function textMap() {
  return z.record(z.string(), text(), { error: because({ expected: "map()" }) });
}

const repeatedSchemas = new WeakSet<object>();

/** A query parameter that may come several times; all its values count. */
export function repeated<Item extends z.ZodMiniType>(item: Item) {
  const schema = z.optional(z.array(item));
  repeatedSchemas.add(schema);
  return schema;
}

/** Whether a query parameter collects all its values; the last one counts otherwise. */
export function isRepeated(schema: object): boolean {
  return repeatedSchemas.has(schema);
}

/** `all`, or a comma list of the given names; empty elements are skipped. Must not be repeated. */
export function commaList<const Names extends readonly [string, ...string[]]>(names: Names) {
  const allowed = new Set<string>(names);
  const schema = z.optional(
    z.pipe(
      z.array(z.string()).check((context) => checkCommaList(context, allowed)),
      z.transform((values) => (values[0] === "all" ? "all" : (splitCommas(values[0]) as Names[number][]))),
    ),
  );
  repeatedSchemas.add(schema);
  return schema;
}

function checkCommaList(context: z.core.ParsePayload<string[]>, allowed: Set<string>) {
  const fail = (message: string) => {
    context.issues.push({ code: "custom", message, input: context.value, continue: false });
  };
  if (context.value.length > 1) return fail(explain({ reason: "converter_crashed" }, false));
  const [value] = context.value;
  const words = splitCommas(value);
  const wrong = words.findIndex((word) => !allowed.has(word));
  if (value === "all" || wrong < 0) return;
  const failure = (of: Record<string, unknown>) => ({ kind: "validation_error", ...of });
  return fail(
    explain(
      {
        reason: "matched_no_union_member",
        mismatches: {
          all: failure({ path: "fields", reason: { expected: "all" }, value: words }),
          array: failure({ path: `fields.${wrong + 1}`, ...wrongWord(words[wrong]) }),
        },
      },
      false,
    ),
  );
}

const wrongWord = (word: string | undefined) =>
  word === "undefined"
    ? { reason: "required_field" }
    : { reason: "not_a_enum_symbol", value: wordValue(word) };

const splitCommas = (value = "") => value.split(",").filter((word) => word !== "");

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** EMQX abbreviates the declared names that were not given to the first two. */
function unknownFields(shape: object, keys: readonly string[], input: unknown) {
  const given = isObject(input) ? input : {};
  const missing = Object.keys(shape)
    .filter((name) => !(name in given))
    .sort();
  const unmatched = missing.length > 2 ? [...missing.slice(0, 2), "..."] : missing;
  return {
    reason: "unknown_fields",
    unknown: [...keys].sort().join(","),
    unmatched: unmatched.join(",") || "none",
  };
}

function notAList(input: unknown): Record<string, unknown> {
  const keys = isObject(input) ? Object.keys(input) : [];
  if (keys.length > 0) return { bad_array_index_keys: keys };
  return { expected_data_type: "array", got: input };
}
