/** How EMQX reads what it is sent before it checks the type, as far as its failure texts show it. [hocon, typerefl] */

/** What Erlang calls printable: no control characters but white space, backspace and escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
const printable = /^[\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}\n\r\t\v\b\f\x1b]*$/u;

export const isPrintable = (text: string) => printable.test(text);

/**
 * The text that EMQX converts to the type of a field: text itself, the digits of a whole number, the text of a list of
 * characters. `undefined` for what it takes as it is, which is everything else, and what is not printable.
 */
export function convertibleText(value: unknown): string | undefined {
  const text = Number.isInteger(value)
    ? digits(Number(value))
    : typeof value === "string"
      ? value
      : ofCharacters(value);
  return text !== undefined && isPrintable(text) ? text : undefined;
}

/** A whole number without an exponent. */
const digits = (value: number) => BigInt(value).toString();

function ofCharacters(value: unknown): string | undefined {
  const isText = Array.isArray(value) && value.every(isCharacter);
  return isText ? value.map((code) => String.fromCodePoint(code)).join("") : undefined;
}

const isCharacter = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0x10ffff;

/** What a text says as an Erlang term, or why it is none. */
export type Term = { value: unknown } | { problem: string };

/**
 * Reads what stands where a whole number is expected as an Erlang term: numbers, words, the empty list. Other terms,
 * quoted texts too, are taken for malformed ones.
 */
export function readTerm(text: string): Term {
  if (text === "") return { value: [] };
  if (!hasTokens(text)) return { problem: "Unable to tokenize Erlang term" };
  const term = text.trim();
  const known = literals.get(term);
  if (known) return known;
  if (/^[+-]?\s*\d+(\.\d+(e[+-]?\d+)?)?$/i.test(term)) return { value: Number(term.replace(/\s/g, "")) };
  if (isWord(term)) return { value: term };
  return { problem: "Unable to parse Erlang term" };
}

const literals = new Map<string, Term>([
  ["true", { value: true }],
  ["false", { value: false }],
  ["null", { value: null }],
  ["undefined", { value: undefined }],
  ["[]", { value: [] }],
  ["{}", { value: "{}" }],
]);

const reserved = new Set(
  "after and andalso band begin bnot bor bsl bsr bxor case catch cond div else end fun if let maybe not of or orelse receive rem try when xor".split(
    " ",
  ),
);

const isWord = (term: string) => /^[a-zß-öø-ÿ][\w@À-ÖØ-öø-ÿ]*$/.test(term) && !reserved.has(term);

/** Quotes come in pairs, words have at most 255 characters, and beyond Latin-1 only quoted text goes. */
function hasTokens(text: string): boolean {
  const tokens =
    /^(?:"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|\$(?:\\[\s\S]|[^\\])|%[^\n]*(?:\n|$)|[a-zß-öø-ÿ][\w@À-ÖØ-öø-ÿ]{0,254}(?![\w@À-ÖØ-öø-ÿ])|[^"'$%a-zß-öø-ÿ\u0100-\uffff])*$/;
  return tokens.test(text);
}

/** A value as EMQX repeats it in a failure: lists of characters and texts become one text. */
export function shownValue(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0 || value.every((item) => typeof item === "string"))
    return value;
  const parts = (value as unknown[]).flat(Number.POSITIVE_INFINITY);
  const isText = parts.every((part) => typeof part === "string" || (isCharacter(part) && !isSurrogate(part)));
  if (!isText) return value;
  return parts.map((part) => (typeof part === "number" ? String.fromCodePoint(part) : part)).join("");
}

const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff;
