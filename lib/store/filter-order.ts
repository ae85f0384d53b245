import { hash } from "node:crypto";
import { compareBytes } from "../mqtt/compare-bytes.ts";
import { namedFilter } from "../mqtt/shared-filter.ts";
import type { Key } from "./database.ts";
import { hashOrder, shards } from "./hash-order.ts";

/**
 * Entries of subscriptions in the order of their filters' text, so that all filters that begin with the same levels
 * are one range of sort keys. They are spread over 16 partition keys by their first level; where one first level is
 * used by all, DynamoDB splits its partition key by ranges of the text.
 *
 * A sort key is the topic, NUL, the share group (`=` before its name; empty if there is none), NUL, and a digest of
 * the client id. Lists compare the item itself, so that an odd filter cannot be taken for another one.
 */
export interface FilterRange {
  pk: string;
  /** First and last sort key. */
  from: string;
  to: string;
}

/** DynamoDB's limit for a sort key is 1,024 bytes: of a longer topic, only so many are in the order of the text. */
const topicKeyBytes = 480;
const groupKeyBytes = 128;

/** Key of a client's entry; `subscribed` is the filter as it was subscribed to. */
export function filterEntryKey(clientid: string, subscribed: string): Key {
  const { topic, group } = namedFilter(subscribed);
  const { pk, from } = entriesOf(topic, group ?? null);
  return { pk, sk: from + hash("sha256", `${subscribed}\0${clientid}`, "hex").slice(0, 32) };
}

/** Where the entries of a topic lie: all of them, those of a share group, or (`null`) those that are not shared. */
export function entriesOf(topic: string, group?: string | null): FilterRange {
  const start = `${topicText(topic)}\0`;
  return beginningWith(topic, group === undefined ? start : `${start}${groupText(group)}\0`);
}

/** Where the entries of a topic lie that come behind those of a group, or (`null`) behind those that are not shared. */
export function entriesBehind(topic: string, group: string | null): FilterRange {
  const from = `${topicText(topic)}\0${groupText(group)}\u0001`;
  return { ...entriesOf(topic), from };
}

/** The ranges in which all filters lie that begin with these levels, and have more of them if `open`. */
export function rangesBelow(levels: readonly string[], open: boolean): FilterRange[] {
  const start = levels.join("/");
  if (!open) return [entriesOf(start)];
  if (levels.length === 0) return shards.map((shard) => ({ pk: `filter#${shard}`, from: "\0", to: highest }));
  const [below, isLong] = textStart(`${start}/`);
  const ranges = [beginningWith(start, below)];
  return isLong ? ranges : [entriesOf(start), ...ranges];
}

/** The rest of a range from a topic on, or behind a sort key if that is further; `undefined` if nothing is left. */
export function restOfRange(range: FilterRange, behind: string, topic?: string): FilterRange | undefined {
  const next = `${behind}\0`;
  const jump = topic === undefined ? next : textStart(topic)[0];
  const from = compareBytes(jump, next) > 0 ? jump : next;
  return compareBytes(from, range.to) > 0 ? undefined : { ...range, from };
}

/** Whether a topic lies at its place in the order of texts; long ones lie side by side where they begin alike. */
export const isInTextOrder = (topic: string) => !textStart(topic)[1];

/** Behind every text. */
const highest = "\u{10ffff}";

const beginningWith = (topic: string, from: string): FilterRange => ({
  pk: filterPartition(topic),
  from,
  to: from + highest,
});

const filterPartition = (topic: string) => `filter#${hashOrder(topic.split("/", 1)[0] ?? "").charAt(0)}`;

function topicText(topic: string): string {
  const [text, isCut] = textStart(topic);
  return isCut ? `${text}\0${hash("sha256", topic, "hex")}` : text;
}

const groupText = (group: string | null) => {
  if (group === null) return "";
  const plain = Buffer.byteLength(group) <= groupKeyBytes && !group.includes("\0");
  return `=${plain ? group : hash("sha256", group, "hex")}`;
};

/** As much of a text as stands in a sort key, and whether that is not all. */
function textStart(text: string): [start: string, isCut: boolean] {
  const [start = ""] = text.split("\0", 1);
  const bytes = Buffer.from(start);
  if (bytes.length <= topicKeyBytes) return [start, start !== text];
  let end = topicKeyBytes;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return [bytes.subarray(0, end).toString(), true];
}
