import type { Database, Key } from "./database.ts";
import { Directory } from "./directory.ts";
import { endOfShard, type OrderedKind, partition, shards } from "./hash-order.ts";
import type { Step } from "./matching-page.ts";
import { type Condition, queryItems, queryPages } from "./query.ts";

/** What all items of a listing have in common; what is `gone` is remembered for a while, and never shown. */
export interface Listed extends Key {
  standing?: "disconnected" | "gone";
}

export interface StepsRequest {
  /** How many items are likely to be taken; all, if absent. */
  expected?: number | undefined;
  /** Shards that are read. */
  within?: readonly string[];
  where?: readonly Condition[];
}

/** A listing as its counts are made. */
export interface Counted {
  readonly kind: OrderedKind;
  readonly directory: Directory;
  standings(prefix?: string): AsyncIterable<{ order: string; standing: Listed["standing"] }>;
}

/** The items of one kind in the order of their hash, which is total and does not change. */
export class Listing<Item extends Listed> implements Counted {
  readonly kind: OrderedKind;
  readonly directory: Directory;
  protected readonly database: Database;

  constructor(database: Database, kind: OrderedKind) {
    this.database = database;
    this.kind = kind;
    this.directory = new Directory(database, kind);
  }

  /** Hash and standing of everything that is remembered below a prefix of the hash; "" means everything. */
  async *standings(prefix = ""): AsyncGenerator<{ order: string; standing: Listed["standing"] }> {
    for (const shard of prefix === "" ? shards : [prefix]) {
      const below = queryItems<Listed>(this.database, {
        pk: partition(this.kind, shard),
        beginsWith: shard,
        ProjectionExpression: "sk, standing",
        ConsistentRead: true,
      });
      for await (const { sk, standing } of below) yield { order: sk.slice(0, 16), standing };
    }
  }

  /**
   * The items from `offset` (from 0) on, at most `limit`; whether there are more; and the number of all. `within`
   * names the shards that are listed.
   */
  protected async pageOfItems(
    offset: number,
    limit: number,
    within: readonly string[] = shards,
  ): Promise<{ items: Item[]; hasnext: boolean; all: number }> {
    const { place, all } = await this.directory.locate(offset, within);
    const items: Item[] = [];
    if (!place) return { items, hasnext: false, all };
    let position = -place.skip;
    for await (const item of this.itemsFrom(place.prefix, place.skip + limit + 1, within)) {
      if (item.standing === "gone") continue;
      if (position === limit) return { items, hasnext: true, all };
      if (position++ >= 0) items.push(item);
    }
    return { items, hasnext: false, all };
  }

  /** The items from a sort key on, or from where it would be; `expected` is how many are likely to be taken. */
  protected async *itemsFrom(
    start: string,
    expected?: number,
    within: readonly string[] = shards,
  ): AsyncGenerator<Item> {
    for await (const { rows } of this.stepsFrom(start, { expected, within })) yield* rows;
  }

  /** The same, step by step; items that do not hold `where` are left out. */
  protected async *stepsFrom(
    start: string,
    { expected, within = shards, where }: StepsRequest = {},
  ): AsyncGenerator<Step<Item>> {
    let left = expected;
    for (const shard of within.filter((digit) => endOfShard(digit) >= start)) {
      const query = {
        pk: partition(this.kind, shard),
        start: start.startsWith(shard) ? start : shard,
        expected: left,
        where,
      };
      for await (const { items, next } of queryPages<Item>(this.database, query)) {
        if (left !== undefined) left -= items.length;
        const behind = shard === within.at(-1) ? undefined : endOfShard(shard);
        yield { rows: items, place: next?.sk ?? behind };
      }
    }
  }
}
