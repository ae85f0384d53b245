import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Database } from "./database.ts";

/** How long failures count, in seconds. */
const memory = 900;

/** Failed logins, counted for a user name and an address together: a stranger elsewhere locks nobody out. */
export class LoginFailures {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** How often it failed lately. */
  async count(username: string, address: string): Promise<number> {
    const { Item } = await this.#database.client.send(
      new GetCommand({
        TableName: this.#database.access,
        Key: keyOf(username, address),
        ConsistentRead: true,
      }),
    );
    return Item && Number(Item.expires_at) > now() ? Number(Item.failures) : 0;
  }

  async add(username: string, address: string, known: number): Promise<void> {
    await this.#database.client.send(
      new UpdateCommand({
        TableName: this.#database.access,
        Key: keyOf(username, address),
        // What was counted before the last one was forgotten does not count on.
        UpdateExpression:
          known === 0 ? "SET failures = :one, expires_at = :end" : "SET expires_at = :end ADD failures :one",
        ExpressionAttributeValues: { ":one": 1, ":end": now() + memory },
      }),
    );
  }
}

const keyOf = (username: string, address: string) => ({
  pk: `login_failures#${address}`,
  sk: username.slice(0, 256) || "-",
});

const now = () => Math.floor(Date.now() / 1000);
