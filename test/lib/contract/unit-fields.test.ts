import { expect, test } from "vitest";
import { duration, durationMs } from "../../../lib/contract/unit-fields.ts";

test.each([
  ["500ms", 500],
  ["300s", 300_000],
  ["1h30m", 5_400_000],
  ["1d2h3m4s5ms", 93_784_005],
  ["1w", 604_800_000],
  ["1.5s", 1_500],
  ["1H", 3_600_000],
  ["5ms4s", 4_005],
  ["1s1s", 2_000],
  ["0ms", 0],
  ["500", 500],
])("the duration %s is kept as it is, and is %s milliseconds", (text, milliseconds) => {
  expect(duration().parse(text)).toBe(text);
  expect(durationMs(text)).toBe(milliseconds);
});

test("a number is milliseconds", () => {
  expect(duration().parse(100)).toBe("100");
});

test.each(["", "abc", "-1s", "2 h", "infinity", "1x", "s", true, {}, null])("%j is no duration", (value) => {
  expect(duration().safeParse(value).success).toBe(false);
});
