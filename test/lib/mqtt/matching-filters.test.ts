import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { covers } from "../../../lib/mqtt/filter-cover.ts";
import { filterOfShape, shapeOf } from "../../../lib/mqtt/matching-filters.ts";

const name = fc.constantFrom("a", "b", "", "$s", "=", "é");
const names = fc.array(name, { minLength: 1, maxLength: 4 });
const topics = names.map((levels) => levels.join("/"));
const filters = fc
  .tuple(fc.array(fc.oneof(name, fc.constant("+")), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([levels, open]) => (open ? [...levels.slice(1), "#"] : levels).join("/"));

/** A topic, and a filter that is likely to match it. */
const likely = names.chain((levels) =>
  fc
    .tuple(
      fc.array(fc.boolean(), { minLength: levels.length, maxLength: levels.length }),
      fc.option(fc.nat(levels.length), { nil: undefined }),
    )
    .map(([wild, cut]) => {
      const parts = levels.map((level, depth) => (wild[depth] ? "+" : level));
      const filter = cut === undefined ? parts : [...parts.slice(0, cut), "#"];
      return [levels.join("/"), filter.join("/")] as const;
    }),
);

describe.each([
  ["any topics and filters", fc.tuple(topics, filters)],
  ["filters made from the topic", likely],
])("for %s", (_, pairs) => {
  test("a shape filled in from a topic is the filter exactly when the filter matches", async () => {
    await fc.assert(
      fc.property(pairs, ([topic, filter]) => {
        expect(filterOfShape(topic, shapeOf(filter)) === filter).toBe(covers(filter, topic));
      }),
      { numRuns: 1_000 },
    );
  });

  test("what a shape is filled in to always matches the topic, and has that shape", async () => {
    await fc.assert(
      fc.property(pairs, ([topic, filter]) => {
        const shape = shapeOf(filter);
        const filled = filterOfShape(topic, shape);
        if (filled === undefined) return;
        expect(covers(filled, topic)).toBe(true);
        expect(shapeOf(filled)).toBe(shape);
      }),
      { numRuns: 1_000 },
    );
  });
});

test.each([
  ["a", "="],
  ["a/b/c", "=/=/="],
  ["+", "+"],
  ["a/+/#", "=/+/#"],
  ["#", "#"],
  ["/", "=/="],
  ["a+/b#", "=/="],
  ["=", "="],
])("the shape of %s is %s", (filter, shape) => {
  expect(shapeOf(filter)).toBe(shape);
});

test.each([
  ["a/b", "=/+", "a/+"],
  ["a", "=/#", "a/#"],
  ["a/b/c", "=/#", "a/#"],
  ["a", "#", "#"],
  ["$SYS/a", "=/+", "$SYS/+"],
  ["a", "=/=", undefined],
  ["a/b", "=", undefined],
  ["a", "=/=/#", undefined],
  ["$SYS/a", "+/=", undefined],
  ["$SYS", "#", undefined],
])("the topic %s in the shape %s is %s", (topic, shape, filter) => {
  expect(filterOfShape(topic, shape)).toBe(filter);
});
