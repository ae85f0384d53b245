/** Number of items by prefix of the hash order. */
export type Counts = ReadonlyMap<string, number>;

/** Changes of the counts by two-digit prefix, and of the number of connected clients. */
export interface Changes {
  counts: Counts;
  connected: number;
}

/** A place in hash order: the bucket to read from, and how many listed items to pass over. */
export interface Place {
  prefix: string;
  skip: number;
}

/** The bucket that holds the item at `offset` (from 0), or `undefined` beyond the end. */
export function bucketAt(counts: Counts, offset: number): Place | undefined {
  let left = offset;
  for (const prefix of [...counts.keys()].sort()) {
    const count = counts.get(prefix) ?? 0;
    if (left < count) return { prefix, skip: left };
    left -= Math.max(count, 0);
  }
  return undefined;
}

/** All counts together. */
export function sumOf(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** The prefix of a hash that the root counts, and the one that a leaf counts. */
export const rootPrefix = (order: string): string => order.slice(0, 2);
export const leafPrefix = (order: string): string => order.slice(0, 4);
