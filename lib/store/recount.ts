import type { Changes, Counts } from "./counts.ts";
import type { IdleShard, RecountMemory, Root } from "./directory.ts";
import { countBuckets, countItems } from "./directory-feed.ts";
import type { Counted } from "./listing.ts";

/**
 * A shard of the stream that has not moved for so many recounts is closed: the stream keeps changes for a day, and a
 * recount comes twice a day.
 */
const recountsToForget = 4;

/** What a recount of a listing found and did, in items. */
export interface Recount {
  /** By how much the counts differed from the registry, added up over prefixes. */
  drift: number;
  /** How much of that was there at the last recount too, and is corrected now. */
  corrected: number;
}

/**
 * Compares the counts of a listing with its items while both go on changing. What is still under way in the change stream looks
 * like a drift, and is gone the next time. So only what was found twice is corrected, and by a difference, beside
 * which the stream may go on.
 */
export async function correctDirectory(listing: Counted): Promise<Recount> {
  const { directory } = listing;
  const actual = await countItems(listing);
  const root = await directory.root({ consistent: true });
  const drift = difference(actual, root);
  const last = await directory.lastRecount();
  const lasting = inBoth(drift, last.drift);
  if (size(lasting) > 0) await directory.correctRoot(lasting);
  const idle = idleShards(root.applied, last.idle);
  await directory.rememberRecount({ drift: difference(drift, lasting), idle });
  for (const [shard, { sequence, recounts }] of idle) {
    if (recounts >= recountsToForget) await directory.forgetShard({ shard, sequence });
  }
  for (const prefix of root.leaves) await recountLeaf(listing, prefix);
  return { drift: size(drift), corrected: size(lasting) };
}

/** How long each shard has not moved. */
function idleShards(applied: Root["applied"], last: RecountMemory["idle"]): Map<string, IdleShard> {
  return new Map(
    [...applied].map(([shard, sequence]) => {
      const before = last.get(shard);
      return [shard, { sequence, recounts: before?.sequence === sequence ? before.recounts + 1 : 0 }];
    }),
  );
}

/** Buckets that lost their last item have no count of their own, and are set to nought. */
async function recountLeaf(listing: Counted, prefix: string): Promise<void> {
  const known = await listing.directory.leaf(prefix);
  const actual = await countBuckets(listing, prefix);
  const wrong = [...new Set([...known.keys(), ...actual.keys()])].filter(
    (bucket) => (known.get(bucket) ?? 0) !== (actual.get(bucket) ?? 0),
  );
  const counts = new Map(wrong.map((bucket) => [bucket, actual.get(bucket) ?? 0]));
  if (counts.size > 0) await listing.directory.setInLeaf(prefix, counts);
}

function difference(a: Changes, b: Changes): Changes {
  return combine(a, b, (left, right) => left - right);
}

/** As much of two drifts as they have in common: the smaller one where they have the same direction. */
function inBoth(a: Changes, b: Changes): Changes {
  return combine(a, b, (left, right) =>
    Math.sign(left) === Math.sign(right) ? Math.sign(left) * Math.min(Math.abs(left), Math.abs(right)) : 0,
  );
}

function combine(a: Changes, b: Changes, of: (left: number, right: number) => number): Changes {
  const counts = new Map<string, number>();
  for (const prefix of new Set([...a.counts.keys(), ...b.counts.keys()])) {
    const count = of(a.counts.get(prefix) ?? 0, b.counts.get(prefix) ?? 0);
    if (count !== 0) counts.set(prefix, count);
  }
  return { counts, connected: of(a.connected, b.connected) };
}

const size = ({ counts, connected }: Changes) => absoluteSum(counts) + Math.abs(connected);
const absoluteSum = (counts: Counts) => [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0);
