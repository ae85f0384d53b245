import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FilterIndex } from "../../../lib/mqtt/filter-index.ts";
import { matchesFilter } from "../../../lib/mqtt/topic.ts";

const name = fc.constantFrom("a", "b", "", "$s");
const topics = fc.array(name, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
const filters = fc
  .tuple(fc.array(fc.oneof(name, fc.constant("+")), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, all]) => (all ? [...levels.slice(1), "#"] : levels).join("/"));

function indexOf(...filters: string[]): FilterIndex {
  const index = new FilterIndex();
  for (const filter of filters) index.add(filter);
  return index;
}

test("matches whenever one of the filters does, after any additions and removals", async () => {
  const changes = fc.array(fc.tuple(filters, fc.boolean()), { maxLength: 12 });
  await fc.assert(
    fc.property(changes, fc.array(topics, { minLength: 5, maxLength: 10 }), (changes, topics) => {
      const index = indexOf(...changes.map(([filter]) => filter));
      for (const [filter, removed] of changes) if (removed) index.remove(filter);
      const left = changes.flatMap(([filter, removed]) => (removed ? [] : [filter]));
      for (const topic of topics) {
        expect(index.matches(topic), topic).toBe(left.some((filter) => matchesFilter(topic, filter)));
      }
    }),
    { numRuns: 500 },
  );
});

test("a/# matches a itself", () => {
  expect(indexOf("a/#").matches("a")).toBe(true);
});

test("wildcards at the start do not match topics that begin with $", () => {
  expect(indexOf("#", "+/a").matches("$SYS/a")).toBe(false);
  expect(indexOf("$SYS/#").matches("$SYS/a")).toBe(true);
});

test("a filter that was added twice matches until it is removed twice", () => {
  const index = indexOf("a/+", "a/+");
  index.remove("a/+");
  expect(index.matches("a/b")).toBe(true);
  index.remove("a/+");
  expect(index.matches("a/b")).toBe(false);
});
