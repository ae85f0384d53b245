import { expect, test } from "vitest";
import { rankTest } from "./auth/rank-test.ts";
import { auth } from "./auth.ts";
import { crash } from "./crash.ts";
import { faults } from "./faults.ts";
import { fuzz } from "./fuzz.ts";
import { slopeOf } from "./load/slope.ts";
import { load } from "./load.ts";
import { model } from "./model.ts";

test.each(Object.entries({ fuzz, auth, faults, model, crash, load }))(
  "%s finds nothing in a second",
  async (_, bench) => {
    expect((await bench({ seed: 3, seconds: 1, attempts: 100 })).failures).toEqual([]);
  },
);

test("the rank test tells samples apart that differ, and only those", () => {
  const even = Array.from({ length: 100 }, (_, n) => n * 2);
  const odd = Array.from({ length: 100 }, (_, n) => n * 2 + 1);
  expect(rankTest(even, odd).p).toBeGreaterThan(0.5);
  expect(rankTest(even, even)).toMatchObject({ greater: 0.5 });
  const later = odd.map((value) => value + 60);
  expect(rankTest(even, later).p).toBeLessThan(0.001);
  expect(rankTest(even, later).greater).toBeLessThan(0.5);
});

test("a slope is that of most points, whatever the others are", () => {
  const points = Array.from({ length: 20 }, (_, n) => [n, 3 * n + 1] as const);
  expect(slopeOf(points)).toBe(3);
  expect(slopeOf([...points, [20, 900], [21, -500], [22, 10_000]])).toBeCloseTo(3, 1);
  expect(
    slopeOf([
      [0, 5],
      [1, 5],
    ]),
  ).toBe(0);
});
