import fc from "fast-check";
import { expect, test } from "vitest";
import { BadExpression, linearExpression } from "../../../lib/records/linear-expression.ts";

test.each([
  ["c\\d", "c1", true],
  ["^c\\d$", "xc1", false],
  ["é+", "caféé", true],
  ["^.$", "因", true],
  ["(?i)SENSOR", "a-sensor", true],
  ["", "anything", true],
])("%s is searched in %s: %s", (expression, text, found) => {
  expect(linearExpression(expression).foundIn(text)).toBe(found);
});

test.each([
  ["???", "nothing to repeat", 0],
  ["dev-(", "missing )", 5],
  ["[a", "missing terminating ] for character class", 2],
  ["ab(?=c)", "look-around and back references are not supported", 2],
  ["(a)\\1", "look-around and back references are not supported", 3],
  ["a{1001}", "invalid repeat count", 1],
  ["(?:a{30}b?){30}".repeat(30), "too large", 0],
  ["a".repeat(513), "too long", 0],
])("%.20s is refused with its reason", (expression, reason, position) => {
  const read = () => linearExpression(expression);
  expect(read).toThrow(BadExpression);
  expect(read).toThrow(reason);
  expect(read).toThrow(expect.objectContaining({ position }));
});

test("an expression that takes backtracking engines for ever is searched in a long text", () => {
  const text = `${"a".repeat(65_000)}!`;
  for (const expression of ["(a+)+$", "^(a|a)*$", "(a*)*b", "(.*a){12}b"]) {
    expect(linearExpression(expression).foundIn(text), expression).toBe(false);
  }
});

/** Expressions over a small alphabet, which mean the same to every engine. */
const expressions = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\d", "1"),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `${a}${b}`),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `(${a}|${b})`),
    tie("expression").map((inner) => `(${inner})*`),
    tie("expression").map((inner) => `(?:${inner})?`),
    tie("expression").map((inner) => `^${inner}`),
    tie("expression").map((inner) => `${inner}$`),
  ),
})).expression;

test("a search finds what JavaScript's own engine finds", () => {
  fc.assert(
    fc.property(
      expressions,
      fc.string({ unit: fc.constantFrom("a", "b", "1", "x"), maxLength: 8 }),
      (expression, text) => {
        expect(linearExpression(expression).foundIn(text)).toBe(new RegExp(expression).test(text));
      },
    ),
    { numRuns: 1_000 },
  );
});
