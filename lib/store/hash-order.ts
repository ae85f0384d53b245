import { hash } from "node:crypto";
import { isShared } from "../mqtt/shared-filter.ts";
import type { Key } from "./database.ts";

/**
 * Everything that is listed lies in the order of a hash, so that it spreads evenly over 16 partition keys and any
 * page can be found from counts of hash prefixes. The first hex digit is the shard.
 */
export const shards = "0123456789abcdef".split("");

/** DynamoDB's limit for a sort key is 1,024 bytes; longer texts are kept under their digest. */
const textKeyBytes = 480;

/** The first 16 hex digits of SHA-256. */
export function hashOrder(text: string): string {
  return hash("sha256", text, "hex").slice(0, 16);
}

/** Key of a client's session. */
export function sessionKey(clientid: string): Key {
  const order = hashOrder(clientid);
  return { pk: partition("session", order), sk: `${order}#${keyText(clientid)}` };
}

/** Key of one subscription; those of a client lie side by side. */
export function subscriptionKey(clientid: string, filter: string): Key {
  const { pk, start } = subscriptionsStart(clientid);
  return { pk, sk: start + keyText(filter) };
}

/** Where the subscriptions of a client begin. */
export function subscriptionsStart(clientid: string): { pk: string; start: string } {
  const order = hashOrder(clientid);
  return { pk: partition("subscription", order), start: `${order}#${keyText(clientid)}\0` };
}

/**
 * Key of a filter in use. The first digit tells what it is, so that lists show filters without wildcards before
 * others, and those that are not shared can be listed alone; `routeShards` has the digits.
 */
export function routeKey(filter: string): Key {
  const [first = "0", ...rest] = hashOrder(filter);
  const digits = routeShards[/(^|\/)[+#](\/|$)/.test(filter) ? "wildcard" : "literal"];
  const own = isShared(filter) ? digits.shared : digits.plain;
  const order = own.charAt(Number.parseInt(first, 16) % own.length) + rest.join("");
  return { pk: partition("route", order), sk: `${order}#${keyText(filter)}` };
}

/** First digits of filters in use. */
export const routeShards = {
  literal: { plain: "012345", shared: "67" },
  wildcard: { plain: "89abcd", shared: "ef" },
} as const;

/** What lists show, each in its own hash order: sessions, subscriptions by client, topic filters in use. */
export const orderedKinds = ["session", "subscription", "route"] as const;

export type OrderedKind = (typeof orderedKinds)[number];

/** Partition key of the shard that holds a hash, or everything that begins with a prefix of one. */
export function partition(kind: OrderedKind, order: string): string {
  return `${kind}#${order.charAt(0)}`;
}

/** A sort key behind all others of a shard, of the form that they have. */
export function endOfShard(shard: string): string {
  return `${shard.padEnd(16, "f")}#$${"f".repeat(64)}`;
}

/** Key of a user name in the index. Digested, because it may be empty or long. */
export function usernameKey(username: string): string {
  return hash("sha256", username, "hex").slice(0, 32);
}

/**
 * A text as it stands in a sort key. One that is too long, or that holds the NUL which parts a subscription's key, is
 * represented by its digest; the first character tells which.
 */
export function keyText(text: string): string {
  const plain = Buffer.byteLength(text) <= textKeyBytes && !text.includes("\0");
  return plain ? `=${text}` : `$${hash("sha256", text, "hex")}`;
}
