import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { log } from "../../lib/log.ts";
import type { Database, Key } from "../../lib/store/database.ts";
import { deleteExpired } from "./delete-expired.ts";

/** How often expired items are looked for, in milliseconds. Until then readers pass over them. */
const interval = 3_600_000;

/** Items that are looked at before others get their turn. */
const step = 500;

/**
 * Plays DynamoDB's time to live on the access table: deletes audit entries, tokens, login failures and bans that have
 * expired, at the start and every hour. Reads the whole table, which on AWS nobody does.
 */
export class AccessExpiry {
  readonly #database: Database;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void>;
  #closed = false;

  constructor(database: Database) {
    this.#database = database;
    this.#running = this.#trySweep();
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#trySweep());
    }, interval);
  }

  /** Deletes what has expired. */
  async sweep(now = Math.floor(Date.now() / 1000)): Promise<void> {
    let next: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#database.client.send(
        new ScanCommand({
          TableName: this.#database.access,
          ProjectionExpression: "pk, sk",
          FilterExpression: "expires_at <= :now",
          ExpressionAttributeValues: { ":now": now },
          Limit: step,
          ExclusiveStartKey: next,
        }),
      );
      for (const key of Items) await deleteExpired(this.#database, "access", key as Key, now);
      next = LastEvaluatedKey;
    } while (next && !this.#closed);
  }

  /** Resolves when nothing is asked of the database any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #trySweep(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      log("error", "expired items were not looked for", { error });
    }
  }
}
