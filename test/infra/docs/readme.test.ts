import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withTable } from "../../../infra/docs/readme.ts";

test("the README's table of what works is what the contracts say: npm run readme makes it", () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  expect(withTable(readme)).toBe(readme);
});

test("a README without the marks of the table is refused", () => {
  expect(() => withTable("# Fleetgate")).toThrow("marks");
});
