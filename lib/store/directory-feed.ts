import { type Changes, type Directory, leafPrefix, rootPrefix } from "./directory.ts";
import type { SessionItem } from "./session-item.ts";
import type { Sessions } from "./sessions.ts";

/** What is read of the items of a change: of sessions, and the filter of a subscription. */
export type ChangedItem = Partial<SessionItem> & { topic?: string };

/** One change of an item of the registry table, as its stream reports it. */
export interface ItemChange {
  pk: string;
  sk: string;
  before: ChangedItem | undefined;
  after: ChangedItem | undefined;
  /** Grows within a shard of the stream; padded, so that text order is number order. */
  sequence: string;
}

/** A prefix that holds more sessions than this gets a leaf. */
const leafThreshold = 400;

/**
 * Brings a batch of changes, of one shard of the stream and in its order, into the directory of sessions. A batch,
 * or a part of it, may come again: the root remembers how far it has come. A leaf's counts are counted anew from the
 * few sessions of a bucket that changed, so they cannot drift.
 */
export async function feedDirectory(sessions: Sessions, shard: string, changes: readonly ItemChange[]) {
  const relevant = changes.filter(
    ({ pk, before, after }) => pk.startsWith("session#") && moves(before, after),
  );
  if (relevant.length === 0) return;
  await addToRoot(sessions.directory, shard, relevant);
  await refreshLeaves(sessions, new Set(relevant.map(({ sk }) => leafPrefix(sk))));
}

async function addToRoot(directory: Directory, shard: string, changes: readonly ItemChange[]) {
  for (;;) {
    const applied = (await directory.root({ consistent: true })).applied.get(shard) ?? "";
    const fresh = changes.filter(({ sequence }) => sequence > applied);
    const last = fresh.at(-1);
    if (!last) return;
    const counts = new Map<string, number>();
    let connected = 0;
    for (const { sk, before, after } of fresh) {
      increment(counts, rootPrefix(sk), listed(after) - listed(before));
      connected += isConnected(after) - isConnected(before);
    }
    if (await directory.addToRoot({ counts, connected }, { shard, sequence: last.sequence })) return;
  }
}

async function refreshLeaves(sessions: Sessions, buckets: ReadonlySet<string>) {
  const { counts, leaves } = await sessions.directory.root({ consistent: true });
  for (const prefix of new Set([...buckets].map(rootPrefix))) {
    if (leaves.has(prefix)) {
      const touched = [...buckets].filter((bucket) => bucket.startsWith(prefix));
      const found = await Promise.all(touched.map((bucket) => countBuckets(sessions, bucket)));
      const fresh = touched.map((bucket, n) => [bucket, found[n]?.get(bucket) ?? 0] as const);
      await sessions.directory.setInLeaf(prefix, new Map(fresh));
    } else if ((counts.get(prefix) ?? 0) > leafThreshold) {
      await makeLeaf(sessions, prefix);
    }
  }
}

/** Counts all sessions, by two-digit prefix. Reads the whole registry. */
export async function countSessions(sessions: Sessions): Promise<Changes> {
  const counts = new Map<string, number>();
  let connected = 0;
  for await (const { order, standing } of sessions.standings()) {
    if (standing === "gone") continue;
    increment(counts, rootPrefix(order));
    if (standing === undefined) connected += 1;
  }
  return { counts, connected };
}

/** Writes all counts anew. Only while nothing else writes to the registry. */
export async function recountDirectory(sessions: Sessions): Promise<void> {
  const { counts, connected } = await countSessions(sessions);
  await sessions.directory.resetRoot({ counts, connected });
  const large = [...counts.keys()].filter((prefix) => (counts.get(prefix) ?? 0) > leafThreshold);
  for (const prefix of large) await makeLeaf(sessions, prefix);
}

async function makeLeaf(sessions: Sessions, prefix: string) {
  await sessions.directory.makeLeaf(prefix, await countBuckets(sessions, prefix));
}

/** The listed sessions below a prefix, counted by four-digit prefix. */
export async function countBuckets(sessions: Sessions, prefix: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const { order, standing } of sessions.standings(prefix)) {
    if (standing !== "gone") increment(counts, leafPrefix(order));
  }
  return counts;
}

const increment = (counts: Map<string, number>, prefix: string, by = 1) =>
  counts.set(prefix, (counts.get(prefix) ?? 0) + by);

const listed = (item: Partial<SessionItem> | undefined) =>
  Number(item !== undefined && item.standing !== "gone");
const isConnected = (item: Partial<SessionItem> | undefined) => Number(item !== undefined && !item.standing);
const moves = (before: ItemChange["before"], after: ItemChange["after"]) =>
  listed(before) !== listed(after) || isConnected(before) !== isConnected(after);
