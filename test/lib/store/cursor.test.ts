import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cursorOf, placeOf } from "../../../lib/store/cursor.ts";
import { sessionKey, subscriptionKey } from "../../../lib/store/hash-order.ts";

const clientids = fc.oneof(fc.string({ unit: "binary" }), fc.string({ minLength: 490, maxLength: 600 }));

test("a cursor leads to its place, and is text that a URL takes as it is", () => {
  void fc.assert(
    fc.property(clientids, (clientid) => {
      const place = sessionKey(clientid).sk;
      const cursor = cursorOf(place);
      expect(placeOf(cursor)).toBe(place);
      expect(cursor).toMatch(/^[\w-]+$/);
    }),
  );
});

test("a cursor that was altered in one character, cut or continued leads nowhere", () => {
  void fc.assert(
    fc.property(
      fc.string(),
      fc.nat(),
      fc.constantFrom("", "A", "-", "9", " ", "="),
      (clientid, at, other) => {
        const cursor = cursorOf(sessionKey(clientid).sk);
        const place = at % (cursor.length + 1);
        const altered = cursor.slice(0, place) + other + cursor.slice(place + 1);
        fc.pre(altered !== cursor);
        expect(placeOf(altered)).toBeUndefined();
        expect(placeOf(cursor + (other || "A"))).toBeUndefined();
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  ["of another list", subscriptionKey("c", "t").sk],
  ["of a place that no client has", `${"0".repeat(16)}#=c`],
  ["of a shard that does not exist", "g"],
  ["of nothing", ""],
])("a cursor %s leads nowhere, whatever its checksum", (_, place) => {
  expect(placeOf(cursorOf(place))).toBeUndefined();
});

test.each(["", "abc", "MTIz", "../..", "none", "%00"])("the text %j is no cursor", (text) => {
  expect(placeOf(text)).toBeUndefined();
});
