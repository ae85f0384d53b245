import * as fc from "fast-check";
import { expect, test } from "vitest";
import { covers } from "../../../lib/mqtt/filter-cover.ts";
import { FilterMap } from "../../../lib/mqtt/filter-map.ts";

const name = fc.constantFrom("a", "b", "", "$s");
const topics = fc.array(name, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
const filters = fc
  .tuple(fc.array(fc.oneof(name, fc.constant("+")), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, all]) => (all ? [...levels.slice(1), "#"] : levels).join("/"));

/** A map in which every filter has itself as its value. */
function mapOf(...filters: string[]): FilterMap<string> {
  const map = new FilterMap<string>();
  for (const filter of filters) map.set(filter, filter);
  return map;
}

test("finds each filter that matches once, after any additions and removals", async () => {
  const changes = fc.array(fc.tuple(filters, fc.boolean()), { maxLength: 12 });
  await fc.assert(
    fc.property(changes, fc.array(topics, { minLength: 5, maxLength: 10 }), (changes, topics) => {
      const map = new FilterMap<string>();
      const left = new Set<string>();
      for (const [filter, removed] of changes) {
        if (removed) map.delete(filter);
        else map.set(filter, filter);
        if (removed) left.delete(filter);
        else left.add(filter);
      }
      for (const [filter] of changes) expect(map.get(filter)).toBe(left.has(filter) ? filter : undefined);
      for (const topic of topics) {
        const expected = [...left].filter((filter) => covers(filter, topic));
        expect(map.matching(topic).sort(), topic).toEqual(expected.sort());
      }
    }),
    { numRuns: 500 },
  );
});

test("a/# matches a itself", () => {
  expect(mapOf("a/#").matching("a")).toEqual(["a/#"]);
});

test("wildcards at the start do not match topics that begin with $", () => {
  expect(mapOf("#", "+/a").matching("$SYS/a")).toEqual([]);
  expect(mapOf("$SYS/#").matching("$SYS/a")).toEqual(["$SYS/#"]);
});
