import { describe, expect, test } from "vitest";
import { toDescription, toExpiry, toGrace, toName } from "../../../infra/cli/key-arguments.ts";

describe("the end of a key", () => {
  test.each([
    ["infinity", "infinity"],
    ["1893456000", 1_893_456_000],
    ["2030-01-01T00:00:00+08:00", 1_893_427_200],
  ])("may be %s", (text, end) => {
    expect(toExpiry(text)).toBe(end);
  });

  test.each(["tomorrow", "2030-01-01", "-1", ""])("may not be %j", (text) => {
    expect(() => toExpiry(text)).toThrow("RFC 3339");
  });
});

describe("a grace period", () => {
  test.each([
    ["0", 0],
    ["90", 90],
    ["90s", 90],
    ["30m", 1_800],
    ["24h", 86_400],
    ["30d", 2_592_000],
  ])("may be %s", (text, seconds) => {
    expect(toGrace(text)).toBe(seconds);
  });

  test.each(["31d", "-1", "1w", "1.5h", "h", ""])("may not be %j", (text) => {
    expect(() => toGrace(text)).toThrow("24h, 30m or 0, 30d at most");
  });
});

test("a name is held to the rule of the API", () => {
  expect(toName("deploy-bot_1")).toBe("deploy-bot_1");
  for (const name of ["1st", "a b", "", "a".repeat(257)])
    expect(() => toName(name)).toThrow("a letter, then");
});

test("a description cannot hold control characters", () => {
  expect(toDescription("für Müller")).toBe("für Müller");
  expect(() => toDescription("a\u0000b")).toThrow("cannot be printed");
});
