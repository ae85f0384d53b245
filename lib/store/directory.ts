import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { bucketAt, type Changes, type Counts, type Place, sumOf } from "./counts.ts";
import { type Database, isConditionFailure, type Key } from "./database.ts";
import { type OrderedKind, shards } from "./hash-order.ts";

/**
 * The directory counts what lies under each prefix of the hash order: a root with one count per two-digit prefix,
 * and, for a prefix that holds many, a leaf with one count per next two digits. From it follow the number of all
 * items and the place where any page begins, each for the price of one or two small reads.
 */
export class Directory {
  readonly #database: Database;
  readonly #pk: string;

  constructor(database: Database, kind: OrderedKind) {
    this.#database = database;
    this.#pk = `directory#${kind}`;
  }

  /** The counts by two-digit prefix. */
  async root({ consistent = false } = {}): Promise<Root> {
    return rootOf(await this.#read(rootKey, consistent));
  }

  /**
   * The place of the item at `offset` (from 0), `undefined` beyond the end, and the number of all items; only shards
   * `within` these first digits count.
   */
  async locate(
    offset: number,
    within: readonly string[] = shards,
  ): Promise<{ place: Place | undefined; all: number }> {
    const root = await this.root();
    const counts =
      within === shards
        ? root.counts
        : new Map([...root.counts].filter(([prefix]) => within.includes(prefix.charAt(0))));
    const { leaves } = root;
    const all = sumOf(counts);
    const place = bucketAt(counts, offset);
    if (!place || place.skip === 0 || !leaves.has(place.prefix)) return { place, all };
    const leaf = countsOf(await this.#read(place.prefix));
    return { place: bucketAt(leaf, place.skip) ?? place, all };
  }

  /**
   * Adds changes to the root, once, and returns the root: returns `undefined` and changes nothing if the first of
   * these positions of the stream, or a later one of the same shard, was added before.
   */
  async addToRoot(changes: Changes, { shard, first, last }: StreamRange): Promise<Root | undefined> {
    const entries = [...changes.counts];
    const additions = ["connected :connected", ...entries.map((_, n) => `#n${n} :n${n}`)].join(", ");
    try {
      const { Attributes = {} } = await this.#database.client.send(
        new UpdateCommand({
          ...this.#target(rootKey),
          UpdateExpression: `SET #applied = :last ADD ${additions}`,
          ConditionExpression: "attribute_not_exists(#applied) OR #applied < :first",
          ExpressionAttributeNames: { "#applied": appliedName(shard), ...namesOf(entries) },
          ExpressionAttributeValues: {
            ...{ ":first": first, ":last": last },
            ":connected": changes.connected,
            ...valuesOf(entries),
          },
          ReturnValues: "ALL_NEW",
        }),
      );
      return rootOf(Attributes);
    } catch (error) {
      if (isConditionFailure(error)) return undefined;
      throw error;
    }
  }

  /** Writes a leaf anew, with counts by four-digit prefix, and makes it known to the root. */
  async makeLeaf(prefix: string, counts: Counts): Promise<void> {
    await this.#put(prefix, counts);
    await this.#database.client.send(
      new UpdateCommand({
        ...this.#target(rootKey),
        UpdateExpression: "ADD leaves :leaf",
        ExpressionAttributeValues: { ":leaf": new Set([prefix]) },
      }),
    );
  }

  /** Sets some counts of a leaf, by four-digit prefix. */
  async setInLeaf(prefix: string, counts: Counts): Promise<void> {
    const entries = [...counts];
    await this.#database.client.send(
      new UpdateCommand({
        ...this.#target(prefix),
        UpdateExpression: `SET ${entries.map((_, n) => `#n${n} = :n${n}`).join(", ")}`,
        ExpressionAttributeNames: namesOf(entries),
        ExpressionAttributeValues: valuesOf(entries),
      }),
    );
  }

  /** Adds to the root's counts, beside what the change stream adds. */
  async correctRoot({ counts, connected }: Changes): Promise<void> {
    const entries = [...counts];
    await this.#database.client.send(
      new UpdateCommand({
        ...this.#target(rootKey),
        UpdateExpression: `ADD ${["connected :connected", ...entries.map((_, n) => `#n${n} :n${n}`)].join(", ")}`,
        ...(entries.length > 0 && { ExpressionAttributeNames: namesOf(entries) }),
        ExpressionAttributeValues: { ":connected": connected, ...valuesOf(entries) },
      }),
    );
  }

  /** Forgets a shard of the stream that will not be heard of again. */
  async forgetShard({ shard, sequence }: StreamPosition): Promise<void> {
    try {
      await this.#database.client.send(
        new UpdateCommand({
          ...this.#target(rootKey),
          UpdateExpression: "REMOVE #applied",
          ConditionExpression: "#applied = :sequence",
          ExpressionAttributeNames: { "#applied": appliedName(shard) },
          ExpressionAttributeValues: { ":sequence": sequence },
        }),
      );
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  /** What the last recount left to the next one. */
  async lastRecount(): Promise<RecountMemory> {
    const item = await this.#read(recountKey, true);
    return {
      drift: { counts: countsOf(item), connected: Number(item.connected ?? 0) },
      idle: new Map(Object.entries((item.idle as Record<string, IdleShard> | undefined) ?? {})),
    };
  }

  async rememberRecount({ drift: { counts, connected }, idle }: RecountMemory): Promise<void> {
    await this.#put(recountKey, counts, { connected, idle: Object.fromEntries(idle) });
  }

  /** The counts of a leaf, by four-digit prefix. */
  async leaf(prefix: string): Promise<Counts> {
    return countsOf(await this.#read(prefix, true));
  }

  /** Writes the root anew, without leaves. Only while nothing else writes to the registry. */
  async resetRoot({ counts, connected }: Changes): Promise<void> {
    await this.#put(rootKey, counts, { connected });
  }

  async #put(node: string, counts: Counts, others = {}): Promise<void> {
    const { TableName, Key } = this.#target(node);
    const attributes = Object.fromEntries([...counts].map(([prefix, count]) => [countName(prefix), count]));
    await this.#database.client.send(
      new PutCommand({ TableName, Item: { ...Key, ...others, ...attributes } }),
    );
  }

  #target(node: string): { TableName: string; Key: Key & Record<string, string> } {
    return { TableName: this.#database.registry, Key: { pk: this.#pk, sk: node } };
  }

  async #read(node: string, consistent = false): Promise<Record<string, unknown>> {
    const { Item = {} } = await this.#database.client.send(
      new GetCommand({ ...this.#target(node), ConsistentRead: consistent }),
    );
    return Item;
  }
}

export interface Root extends Changes {
  /** Prefixes that have a leaf. */
  leaves: ReadonlySet<string>;
  /** Sequence number of the newest change of each shard of the stream that was added. */
  applied: ReadonlyMap<string, string>;
}

/** What one recount leaves to the next. */
export interface RecountMemory {
  /** What was wrong, and not corrected yet. */
  drift: Changes;
  /** How far each shard of the stream had come. */
  idle: ReadonlyMap<string, IdleShard>;
}

export interface IdleShard {
  sequence: string;
  /** For how many recounts it has not moved. */
  recounts: number;
}

/** A position in the table's change stream. Sequence numbers are padded, so that text order is number order. */
export interface StreamPosition {
  shard: string;
  sequence: string;
}

/** Neighbouring positions of one shard. */
export interface StreamRange {
  shard: string;
  first: string;
  last: string;
}

const rootKey = "root";
const recountKey = "recount";
const countName = (prefix: string) => `_${prefix}`;
const appliedName = (shard: string) => `@${shard}`;

const rootOf = (item: Record<string, unknown>): Root => ({
  counts: countsOf(item),
  connected: Number(item.connected ?? 0),
  leaves: (item.leaves as Set<string> | undefined) ?? new Set(),
  applied: appliedOf(item),
});

function appliedOf(item: Record<string, unknown>): ReadonlyMap<string, string> {
  return named("@", item, String);
}

function countsOf(item: Record<string, unknown>): Counts {
  return named("_", item, Number);
}

/** The attributes whose names begin with a mark, by the rest of their names; each page of a list begins with some hundreds. */
function named<Value>(
  mark: string,
  item: Record<string, unknown>,
  convert: (value: unknown) => Value,
): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const name in item) if (name.startsWith(mark)) found.set(name.slice(1), convert(item[name]));
  return found;
}

type Entries = readonly (readonly [prefix: string, count: number])[];

const namesOf = (entries: Entries): Record<string, string> =>
  Object.fromEntries(entries.map(([prefix], n) => [`#n${n}`, countName(prefix)]));

const valuesOf = (entries: Entries): Record<string, number> =>
  Object.fromEntries(entries.map(([, count], n) => [`:n${n}`, count]));
