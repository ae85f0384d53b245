import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBytes, toMilliseconds, toRate } from "../../../lib/records/units.ts";

describe("a duration", () => {
  test.each([
    ["0s", 0],
    ["1h30m", 5_400_000],
    ["1w2d", 777_600_000],
    ["1.5h", 5_400_000],
    ["100ms", 100],
    ["5S", 5_000],
    ["15", 15],
    [5, 5],
  ])("%j is %j ms", (given, milliseconds) => expect(toMilliseconds(given)).toBe(milliseconds));

  test.each(["", "abc", "1h 30m", "-1s", "10 s", "never", "1y", -5, 1.5])("%j is none", (given) => {
    expect(toMilliseconds(given)).toBeUndefined();
  });

  test("is the sum of its parts", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), (h, s, ms) => {
        expect(toMilliseconds(`${h}h${s}s${ms}ms`)).toBe(h * 3_600_000 + s * 1_000 + ms);
      }),
    );
  });
});

describe("a size", () => {
  test.each([
    ["1MB", 1_048_576],
    ["1mb", 1_048_576],
    ["10KB", 10_240],
    ["1GB", 1_073_741_824],
    ["1B", 1],
    ["10", 10],
    [12, 12],
  ])("%j is %j bytes", (given, bytes) => expect(toBytes(given)).toBe(bytes));

  test.each(["", "1.5MB", "1 MB", "1TB", "1M", "infinity", "-1", -1, 1.5])("%j is none", (given) => {
    expect(toBytes(given)).toBeUndefined();
  });
});

describe("a rate", () => {
  test.each([
    ["1000/s", { amount: 1_000, per: 1_000 }],
    ["10/10s", { amount: 10, per: 10_000 }],
    ["10/m", { amount: 10, per: 60_000 }],
    ["1KB/100ms", { amount: 1_024, per: 100 }],
    ["10", { amount: 10, per: 1_000 }],
    [5, { amount: 5, per: 1_000 }],
    ["infinity", "infinity"],
  ])("%j is %j", (given, rate) => expect(toRate(given)).toEqual(rate));

  test.each(["", "max", "0/s", "-5/s", "10 / s", "10/0s", 0, -1, 1.5, 1e20])("%j is none", (given) => {
    expect(toRate(given)).toBeUndefined();
  });
});
