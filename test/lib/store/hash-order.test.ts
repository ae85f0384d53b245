import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  hashOrder,
  partition,
  sessionKey,
  shards,
  subscriptionKey,
  subscriptionsStart,
  usernameKey,
} from "../../../lib/store/hash-order.ts";

/** DynamoDB's limit for a sort key, in bytes. */
const limit = 1_024;

const short = fc.string({ unit: fc.constantFrom("a", "=", "$", "#", "\0", "/", "😀"), maxLength: 4 });
const long = fc
  .tuple(fc.string({ unit: "grapheme", maxLength: 3 }), fc.integer({ min: 470, max: 600 }))
  .map(([start, length]) => start + "x".repeat(length));
const text = fc.oneof(short, long, fc.constant("é".repeat(32_767)));
const differentTexts = fc.tuple(text, text).filter(([a, b]) => a !== b);
const differentPairs = fc
  .tuple(fc.tuple(text, text), fc.tuple(text, text))
  .filter(([a, b]) => a[0] !== b[0] || a[1] !== b[1]);

test("different clients have different keys", async () => {
  await fc.assert(
    fc.property(differentTexts, ([a, b]) => {
      expect(sessionKey(a)).not.toEqual(sessionKey(b));
    }),
  );
});

test("different subscriptions have different keys", async () => {
  await fc.assert(
    fc.property(differentPairs, ([a, b]) => {
      expect(subscriptionKey(...a)).not.toEqual(subscriptionKey(...b));
    }),
  );
});

test("a client id that looks like the digest of another is kept apart from it", () => {
  const long = "x".repeat(481);
  const digest = sessionKey(long).sk.slice("0123456789abcdef#$".length);
  expect(sessionKey(`$${digest}`).sk).toContain(`#=$${digest}`);
});

test("every key fits, and lies in the shard of its hash", async () => {
  await fc.assert(
    fc.property(text, text, (clientid, filter) => {
      for (const { pk, sk } of [sessionKey(clientid), subscriptionKey(clientid, filter)]) {
        expect(Buffer.byteLength(sk)).toBeLessThanOrEqual(limit);
        expect(sk.startsWith(hashOrder(clientid))).toBe(true);
        expect(shards).toContain(pk.split("#")[1]);
        expect(pk.split("#")[1]).toBe(sk[0]);
      }
    }),
  );
});

test("the subscriptions of a client, and of no other, begin where it says", async () => {
  await fc.assert(
    fc.property(differentTexts, text, ([client, other], filter) => {
      const { pk, start } = subscriptionsStart(client);
      const own = subscriptionKey(client, filter);
      expect(own.pk).toBe(pk);
      expect(own.sk.startsWith(start)).toBe(true);
      expect(subscriptionKey(other, filter).sk.startsWith(start)).toBe(false);
    }),
  );
});

test("a prefix of a hash names the shard that holds everything below it", () => {
  const order = hashOrder("c");
  expect(partition("session", order.slice(0, 2))).toBe(sessionKey("c").pk);
});

test("a user name that is empty or very long has a key of its own", () => {
  const keys = ["", "u", "u".repeat(65_535)].map(usernameKey);
  expect(new Set(keys).size).toBe(3);
  expect(keys.every((key) => key.length === 32)).toBe(true);
});
