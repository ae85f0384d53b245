import { describe, expect, test } from "vitest";
import {
  isShared,
  misusedPrefix,
  namedFilter,
  sharedFilter,
  withoutExclusive,
} from "../../../lib/mqtt/shared-filter.ts";

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
  ["$share/g/t", { group: "g", filter: "t" }],
  ["$share/g/t/+/#", { group: "g", filter: "t/+/#" }],
  ["$share/g//", { group: "g", filter: "/" }],
  ["$share/$queue/t", { group: "$queue", filter: "t" }],
  ["$queue/t/#", { group: "$queue", filter: "t/#" }],
])("%s is shared", (name, parts) => {
  expect(isShared(name)).toBe(true);
  expect(sharedFilter(name)).toEqual(parts);
});

test.each([
  ...["$share/", "$share/g", "$share/g/", "$share//t", "$share/g+/t", "$share/#/t", "$queue/"],
  ...["$share/g/$share/h/t", "$share/g/$queue/t", "$queue/$share/g/t", "$queue/$queue/t"],
])("%s asks to be shared, and is malformed", (name) => {
  expect(isShared(name)).toBe(true);
  expect(sharedFilter(name)).toBeUndefined();
});

test.each(["t", "$share", "$queue", "$shared/g/t", "a/$share/g/t"])("%s is an ordinary filter", (name) => {
  expect(isShared(name)).toBe(false);
  expect(sharedFilter(name)).toBeUndefined();
});

test("an exclusive filter is about its topic", () => {
  expect(["$exclusive/t/1", "t"].map(withoutExclusive)).toEqual(["t/1", "t"]);
});

// As EMQX 5.8.9 answers them.
describe("EMQX", () => {
  test.each([
    ["$share/g", "$share/g"],
    ["$share/", "$share/"],
    ["$share/g+/t", "$share/g+/t"],
    ["$share/#/t", "$share/#/t"],
    ["$share/g/$share/h/t", "$share/h/t"],
    ["$share/g/$queue/t", "$queue/t"],
    ["$queue/$share/h/t", "$share/h/t"],
    ["$queue/$queue/t", "$queue/t"],
    ["$exclusive/", "$exclusive/"],
  ])("objects in %s to %s", (filter, part) => expect(misusedPrefix(filter)).toBe(part));

  test.each([
    ...["$share/g/t", "$share//t", "$share/g/", "$share//", "$queue/t", "$queue/", "$queue", "$share"],
    ...["$exclusive", "$exclusive/t", "$exclusive/$share/g/t", "$share/g/$share", "x/$share/g", "t", ""],
  ])("objects to nothing in %j", (filter) => expect(misusedPrefix(filter)).toBeUndefined());
});
