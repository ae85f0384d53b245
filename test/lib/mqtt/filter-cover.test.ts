import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBytes } from "../../../lib/mqtt/compare-bytes.ts";
import { covers, fixedStart, nextCandidate } from "../../../lib/mqtt/filter-cover.ts";
import { FilterMap } from "../../../lib/mqtt/filter-map.ts";

test.each([
  ["t/#", "t/+"],
  ["t/#", "t/#"],
  ["t/#", "t"],
  ["t/+", "t/#"],
  ["t/+", "t/+"],
  ["+", "#"],
  ["#", "a//b"],
  ["t/#/#", "t/#"],
  ["a/#/b", "a/#/b"],
  ["$s/+", "$s/x"],
  ["", ""],
])("%s covers %s", (filter, other) => {
  expect(covers(filter, other)).toBe(true);
});

test.each([
  ["t", "t/+"],
  ["t/1", "t/+"],
  ["t/+", "t"],
  ["t/+", "t/1/2"],
  ["a/#/b", "a/x/b"],
  ["#", "$s/x"],
  ["+/x", "$s/x"],
  ["t/+/x", "t/#"],
  ["", "a"],
])("%s does not cover %s", (filter, other) => {
  expect(covers(filter, other)).toBe(false);
});

test.each([
  ["a/b", "a/b"],
  ["a/b", "a/+"],
  ["a/b", "+/b"],
  ["a/b/c", "a/#"],
  ["a", "a/#"],
  ["a", "#"],
  ["/", "+/+"],
  ["/a", "/+"],
  ["a//b", "a/+/b"],
  ["$SYS/a", "$SYS/#"],
  ["$SYS", "$SYS/#"],
  ["a/$b", "a/+"],
])("the topic %s falls under the filter %s", (topic, filter) => {
  expect(covers(filter, topic)).toBe(true);
});

test.each([
  ["a", "A"],
  ["a", "a/+"],
  ["a/b", "a"],
  ["a/b", "+"],
  ["a/b/c", "a/+"],
  ["ab", "a/#"],
  ["/a", "+"],
  ["$SYS", "#"],
  ["$SYS/a", "+/a"],
  ["$SYS/a", "#"],
  ["a/x/b", "a/#/b"],
  ["a/x", "#/x"],
])("the topic %s does not fall under the filter %s", (topic, filter) => {
  expect(covers(filter, topic)).toBe(false);
});

test.each([
  ["a/b", { levels: ["a", "b"], open: false }],
  ["a/b/#", { levels: ["a", "b"], open: true }],
  ["a/+/b", { levels: ["a"], open: true }],
  ["#", { levels: [], open: true }],
  ["/+", { levels: [""], open: true }],
])("the fixed start of %s", (filter, start) => {
  expect(fixedStart(filter)).toEqual(start);
});

const word = fc.constantFrom("a", "b", "", "a-", "a0", "$s", "é", "\u{10ffff}", "\uffff", "+", "#", "a b");
const filters = fc.array(word, { minLength: 1, maxLength: 4 }).map((levels) => levels.join("/"));
const patterns = fc
  .array(fc.oneof(word, fc.constant("+")), { minLength: 1, maxLength: 4 })
  .chain((levels) => fc.constantFrom(levels, [...levels, "#"]))
  .map((levels) => levels.join("/"));

describe("for any filters", () => {
  test("those without wildcards are covered exactly when they match as topics", () => {
    const valid = patterns.filter((pattern) => !/#\//.test(pattern));
    void fc.assert(
      fc.property(valid, filters, (pattern, topic) => {
        fc.pre(!/[+#]/.test(topic));
        const filtersByName = new FilterMap<string>();
        filtersByName.set(pattern, pattern);
        expect(covers(pattern, topic)).toBe(filtersByName.matching(topic).length > 0);
      }),
      { numRuns: 1_000 },
    );
  });

  test("nothing that is passed over is covered, and the next candidate lies behind", () => {
    void fc.assert(
      fc.property(patterns, fc.uniqueArray(filters, { minLength: 2, maxLength: 40 }), (pattern, list) => {
        const ordered = list.toSorted(compareBytes);
        for (const [place, last] of ordered.entries()) {
          const next = nextCandidate(pattern, last);
          if (next === undefined) continue;
          expect(compareBytes(next, last)).toBeGreaterThan(0);
          const passed = ordered.slice(place + 1).filter((filter) => compareBytes(filter, next) < 0);
          expect(passed.filter((filter) => covers(pattern, filter))).toEqual([]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("whatever is covered begins with the fixed start", () => {
    void fc.assert(
      fc.property(patterns, filters, (pattern, filter) => {
        fc.pre(covers(pattern, filter));
        const { levels, open } = fixedStart(pattern);
        expect(filter.split("/").slice(0, levels.length)).toEqual(levels);
        if (!open) expect(filter).toBe(pattern);
      }),
      { numRuns: 1_000 },
    );
  });
});

test.each([
  ["f/+/cmd", "f/1/abc", "f/1/cmd"],
  ["f/+/cmd", "f/1/cmd", undefined],
  ["f/+/cmd", "f/1/dmc", "f/10"],
  ["f/+/cmd", "f/all", "f/all\u0001"],
  ["f/+", "f/1/x", "f/10"],
  ["+/x", "$SYS/a", "%"],
  ["f/#", "f/1", undefined],
])("for %s, what follows %s goes on at %s", (filter, last, next) => {
  expect(nextCandidate(filter, last)).toBe(next);
});
