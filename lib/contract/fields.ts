/**
 * The field types of requests, with EMQX's lenient conversions and its failure texts. [HOCON schema of EMQX 5.8]
 *
 * Each helper returns a Zod schema whose failures carry, as JSON in Zod's `message`, what the wire says about them;
 * `lib/http/validation-failure.ts` adds path and value.
 */
import * as z from "zod/mini";
import { because, explain } from "./failure-detail.ts";

/** What Erlang calls printable: no control characters but white space, backspace and escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
const printable = /^[\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}\n\r\t\v\b\f\x1b]*$/u;

/** Printable text; a whole number is taken as its decimal digits, and a list of bytes as their text. */
export function text() {
  const error = because({ expected: "binary()" });
  const isPrintable = (value: string) => printable.test(value);
  return z.pipe(z.transform(toText), z.string({ error }).check(z.refine(isPrintable, { error })));
}

/** Printable text that must be sent as text. */
export function sentText() {
  const error = because({ expected: "binary()" });
  return z.string({ error }).check(z.refine((value) => printable.test(value), { error }));
}

/** A whole number from `min` to `max`; numeric text is converted. */
export function integer(min: number, max: number, expected = `${min}..${max}`) {
  const error = because({ expected });
  return z.pipe(
    z.transform(toNumber),
    z.int({ error, abort: true }).check(z.gte(min, { error }), z.lte(max, { error })),
  );
}

/** A positive whole number of any size. */
export function positiveInteger() {
  return integer(1, Number.MAX_SAFE_INTEGER, "pos_integer()");
}

/** Any whole number. */
export function anyInteger() {
  return integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, "integer()");
}

/** `true` or `false`, also as text. */
export function flag() {
  const error = because("Unable to parse boolean value");
  return z.pipe(
    z.transform((value) => (value === "true" ? true : value === "false" ? false : value)),
    z.boolean({ error }),
  );
}

/** An MQTT quality of service: 0, 1 or 2, also as text. */
export function qos() {
  const error = because("Unable to parse string");
  return z.pipe(
    z.transform((value) => (typeof value === "string" && /^[012]$/.test(value) ? Number(value) : value)),
    z.literal([0, 1, 2], { error }),
  );
}

/** One of the given words; case matters. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: because("not_a_enum_symbol") });
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
          array: failure({ path: `fields.${wrong + 1}`, reason: "not_a_enum_symbol", value: words[wrong] }),
        },
      },
      false,
    ),
  );
}

const splitCommas = (value = "") => value.split(",").filter((word) => word !== "");

function toText(value: unknown): unknown {
  if (Number.isInteger(value)) return String(value);
  const bytes = Array.isArray(value) && value.every((byte) => isByte(byte));
  return bytes ? Buffer.from(value).toString() : value;
}

const isByte = (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;

const toNumber = (value: unknown) =>
  typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;

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
