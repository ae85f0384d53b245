import type { Database, Key } from "../../lib/store/database.ts";
import type { ItemChange } from "../../lib/store/directory-feed.ts";
import { partition, shards } from "../../lib/store/hash-order.ts";
import { queryItems } from "../../lib/store/query.ts";
import { deleteExpired } from "./delete-expired.ts";

/** How often expired items are looked for, in milliseconds. */
const interval = 1_000;

interface Expiring extends Key {
  expires_at?: number | undefined;
}

/** Plays DynamoDB's time to live, which the embedded DynamoDB lacks: deletes items of the registry that expired. */
export class Expiry {
  readonly #database: Database;
  readonly #due = new Map<string, Expiring>();
  readonly #timer: NodeJS.Timeout;

  constructor(database: Database) {
    this.#database = database;
    this.#timer = setInterval(() => void this.sweep(), interval);
  }

  /** Learns of the items that were there before. */
  async readTable(): Promise<void> {
    for (const shard of shards) {
      for (const kind of ["session", "subscription"] as const) {
        const items = queryItems<Expiring>(this.#database, { pk: partition(kind, shard), start: shard });
        for await (const item of items) this.#watch(item);
      }
    }
  }

  /** Learns of a change. */
  watch({ pk, sk, after }: ItemChange): void {
    this.#watch({ pk, sk, expires_at: after?.expires_at });
  }

  /** Deletes what has expired. */
  async sweep(now = Math.floor(Date.now() / 1000)): Promise<void> {
    for (const name of [...this.#due.keys()]) {
      const item = this.#due.get(name);
      if (item?.expires_at === undefined || item.expires_at > now) continue;
      this.#due.delete(name);
      const isDone = await deleteExpired(this.#database, "registry", item, now);
      if (!isDone && !this.#due.has(name)) this.#due.set(name, item);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #watch({ pk, sk, expires_at }: Expiring): void {
    const name = `${pk} ${sk}`;
    if (expires_at === undefined) this.#due.delete(name);
    else this.#due.set(name, { pk, sk, expires_at });
  }
}
