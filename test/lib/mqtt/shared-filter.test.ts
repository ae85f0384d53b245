import { expect, test } from "vitest";
import { isMalformed, isShared, namedFilter, withoutExclusive } from "../../../lib/mqtt/shared-filter.ts";

test.each([
  ["t/1", { topic: "t/1" }],
  ["$share/g/t/1", { group: "g", topic: "t/1" }],
  ["$share/g//t", { group: "g", topic: "/t" }],
  ["$share//t", { group: "", topic: "t" }],
  ["$queue/t/+", { group: "$queue", topic: "t/+" }],
  ["$share/g", { topic: "$share/g" }],
  ["$shared/g/t", { topic: "$shared/g/t" }],
])("%s is about %o", (filter, named) => {
  expect(namedFilter(filter)).toEqual(named);
});

test.each([
  "$share/g",
  "$share/",
  "$share/+/t",
  "$share/a#b/t",
  "$share/g/$share/x/y",
  "$share/g/$queue/x",
  "$queue/$share/x/y",
  "$queue/$queue/t",
  "$exclusive/",
])("%s is malformed", (filter) => {
  expect(isMalformed(filter)).toBe(true);
});

test.each([
  "t",
  "$share",
  "$queue",
  "$share/g/t",
  "$share//t",
  "$share/g/",
  "$queue/t",
  "$queue/",
  "$exclusive/t",
  "",
])("%s is not malformed", (filter) => {
  expect(isMalformed(filter)).toBe(false);
});

test("what begins like a shared filter is told from others", () => {
  expect(["$share/x", "$queue/x", "$queue", "$share", "share/x"].map(isShared)).toEqual([
    ...[true, true],
    ...[false, false, false],
  ]);
});

test("an exclusive filter is about its topic", () => {
  expect(["$exclusive/t/1", "t"].map(withoutExclusive)).toEqual(["t/1", "t"]);
});
