import { expect, test } from "vitest";
import { rankTest } from "./auth/rank-test.ts";
import { auth } from "./auth.ts";
import { faults } from "./faults.ts";
import { fuzz } from "./fuzz.ts";

test.each(Object.entries({ fuzz, auth, faults }))("%s finds nothing in a second", async (_, bench) => {
  expect((await bench({ seed: 3, seconds: 1, attempts: 100 })).failures).toEqual([]);
});

test("the rank test tells samples apart that differ, and only those", () => {
  const even = Array.from({ length: 100 }, (_, n) => n * 2);
  const odd = Array.from({ length: 100 }, (_, n) => n * 2 + 1);
  expect(rankTest(even, odd).p).toBeGreaterThan(0.5);
  expect(rankTest(even, even)).toMatchObject({ greater: 0.5 });
  const later = odd.map((value) => value + 60);
  expect(rankTest(even, later).p).toBeLessThan(0.001);
  expect(rankTest(even, later).greater).toBeLessThan(0.5);
});
