import type { SubscriptionOptions } from "../records/session.ts";
import { type Changes, leafPrefix, rootPrefix } from "./counts.ts";
import type { Root } from "./directory.ts";
import type { Counted, Listed } from "./listing.ts";
import type { SessionItem } from "./session-item.ts";

/** What is read of the items of a change: of sessions, and of subscriptions. */
export type ChangedItem = Partial<SessionItem> & { topic?: string } & Partial<SubscriptionOptions>;

/** One change of an item of the registry table, as its stream reports it. */
export interface ItemChange {
  pk: string;
  sk: string;
  before: ChangedItem | undefined;
  after: ChangedItem | undefined;
  /** Grows within a shard of the stream; padded, so that text order is number order. */
  sequence: string;
}

/** A prefix that holds more items than this gets a leaf. */
const leafThreshold = 400;

/**
 * Brings a batch of changes, of one shard of the stream and in its order, into the directory of a listing. A batch,
 * or a part of it, may come again: the root remembers how far it has come. A leaf's counts are counted anew from the
 * few items of a bucket that changed, so they cannot drift.
 */
export async function feedDirectory(listing: Counted, shard: string, changes: readonly ItemChange[]) {
  const isConnected = connectedIn(listing);
  const relevant = changes.filter(
    ({ pk, before, after }) =>
      pk.startsWith(`${listing.kind}#`) &&
      (listed(before) !== listed(after) || isConnected(before) !== isConnected(after)),
  );
  if (relevant.length === 0) return;
  const root = await addToRoot(listing, shard, relevant);
  await refreshLeaves(listing, root, new Set(relevant.map(({ sk }) => leafPrefix(sk))));
}

/** Adds what the root has not seen, which is all of it unless a batch comes again. Returns the root. */
async function addToRoot(listing: Counted, shard: string, changes: readonly ItemChange[]): Promise<Root> {
  const { directory } = listing;
  const range = { shard, first: changes[0]?.sequence ?? "", last: changes.at(-1)?.sequence ?? "" };
  const added = await directory.addToRoot(sumOfChanges(listing, changes), range);
  if (added) return added;
  const root = await directory.root({ consistent: true });
  const applied = root.applied.get(shard) ?? "";
  const fresh = changes.filter(({ sequence }) => sequence > applied);
  return fresh.length === 0 ? root : addToRoot(listing, shard, fresh);
}

/** By how much changes make the counts grow. */
function sumOfChanges(listing: Counted, changes: readonly ItemChange[]): Changes {
  const isConnected = connectedIn(listing);
  const counts = new Map<string, number>();
  let connected = 0;
  for (const { sk, before, after } of changes) {
    increment(counts, rootPrefix(sk), listed(after) - listed(before));
    connected += isConnected(after) - isConnected(before);
  }
  return { counts, connected };
}

async function refreshLeaves(listing: Counted, { counts, leaves }: Root, buckets: ReadonlySet<string>) {
  for (const prefix of new Set([...buckets].map(rootPrefix))) {
    if (leaves.has(prefix)) {
      const touched = [...buckets].filter((bucket) => bucket.startsWith(prefix));
      const found = await Promise.all(touched.map((bucket) => countBuckets(listing, bucket)));
      const fresh = touched.map((bucket, n) => [bucket, found[n]?.get(bucket) ?? 0] as const);
      await listing.directory.setInLeaf(prefix, new Map(fresh));
    } else if ((counts.get(prefix) ?? 0) > leafThreshold) {
      await makeLeaf(listing, prefix);
    }
  }
}

/** Counts all items of a listing, by two-digit prefix. Reads all of them. */
export async function countItems(listing: Counted): Promise<Changes> {
  const isConnected = connectedIn(listing);
  const counts = new Map<string, number>();
  let connected = 0;
  for await (const { order, ...item } of listing.standings()) {
    if (item.standing === "gone") continue;
    increment(counts, rootPrefix(order));
    connected += isConnected(item);
  }
  return { counts, connected };
}

/** Writes all counts anew. Only while nothing else writes to the registry. */
export async function recountDirectory(listing: Counted): Promise<void> {
  const { counts, connected } = await countItems(listing);
  await listing.directory.resetRoot({ counts, connected });
  const large = [...counts.keys()].filter((prefix) => (counts.get(prefix) ?? 0) > leafThreshold);
  for (const prefix of large) await makeLeaf(listing, prefix);
}

async function makeLeaf(listing: Counted, prefix: string) {
  await listing.directory.makeLeaf(prefix, await countBuckets(listing, prefix));
}

/** The listed items below a prefix, counted by four-digit prefix. */
export async function countBuckets(listing: Counted, prefix: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const { order, standing } of listing.standings(prefix)) {
    if (standing !== "gone") increment(counts, leafPrefix(order));
  }
  return counts;
}

const increment = (counts: Map<string, number>, prefix: string, by = 1) =>
  counts.set(prefix, (counts.get(prefix) ?? 0) + by);

const listed = (item: Partial<Listed> | undefined) => Number(item !== undefined && item.standing !== "gone");

/** Only sessions are connected or not. */
const connectedIn =
  ({ kind }: Counted) =>
  (item: { standing?: Listed["standing"] | undefined } | undefined) =>
    Number(kind === "session" && item !== undefined && !item.standing);
