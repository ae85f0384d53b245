import { expect, test } from "vitest";
import { duration, positiveByteSize } from "../../../lib/contract/unit-fields.ts";

test.each(["500ms", "1h30m", "1d2h3m4s5ms", "1.5s", "1H", "500", 100])(
  "the duration %j is kept as it is",
  (given) => expect(duration().parse(given)).toBe(given),
);

test.each(["", "abc", "-1s", "2 h", "infinity", "1x", "s", true, {}, null])("%j is no duration", (value) => {
  expect(duration().safeParse(value).success).toBe(false);
});

const read = (given: unknown) => positiveByteSize().safeParse(given);

test.each([
  ["1", 1],
  [512, 512],
  ["+5", 5],
  ["10b", 10],
  ["2kb", 2_048],
  ["512KB", 524_288],
  ["1MB", 1_048_576],
  ["1Gb", 1_073_741_824],
])("%j is so many bytes", (given, bytes) => {
  expect(read(given)).toEqual({ success: true, data: bytes });
});

function reasonAgainst(given: unknown): unknown {
  const [issue] = read(given).error?.issues ?? [];
  return JSON.parse(issue?.message ?? "").detail.reason;
}

test.each(["0", -1, "-5", "0MB", true, "a\u0000b"])("%j is too little", (given) => {
  expect(reasonAgainst(given)).toBe("must be higher than 0");
});

test.each(["", "MB", "-1MB", "1.5MB", "1 MB", "1G", "abc"])("%j is no size", (given) => {
  expect(reasonAgainst(given)).toBe("Not a valid bytesize");
});
