import { expect, test } from "vitest";
import { asksToBeShared, sharedFilter } from "../../../lib/mqtt/shared-subscription.ts";

test.each([
  ["$share/g/t", { group: "g", filter: "t" }],
  ["$share/g/t/+/#", { group: "g", filter: "t/+/#" }],
  ["$share/g//", { group: "g", filter: "/" }],
  ["$share/$queue/t", { group: "$queue", filter: "t" }],
  ["$queue/t/#", { group: "$queue", filter: "t/#" }],
])("%s is shared", (name, parts) => {
  expect(asksToBeShared(name)).toBe(true);
  expect(sharedFilter(name)).toEqual(parts);
});

test.each([
  ...["$share/", "$share/g", "$share/g/", "$share//t", "$share/g+/t", "$share/#/t", "$queue/"],
  ...["$share/g/$share/h/t", "$share/g/$queue/t", "$queue/$share/g/t", "$queue/$queue/t"],
])("%s asks to be shared, and is malformed", (name) => {
  expect(asksToBeShared(name)).toBe(true);
  expect(sharedFilter(name)).toBeUndefined();
});

test.each(["t", "$share", "$queue", "$shared/g/t", "a/$share/g/t"])("%s is an ordinary filter", (name) => {
  expect(asksToBeShared(name)).toBe(false);
  expect(sharedFilter(name)).toBeUndefined();
});
