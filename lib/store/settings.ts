import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { putIf } from "./conditional-put.ts";
import type { Database } from "./database.ts";
import { accessKeys } from "./tables.ts";

interface Document {
  value: unknown;
  version: number;
}

/** Settings of the deployment that the API changes: documents by name, each with the number of its version. */
export class Settings {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A document; `undefined` if it was never written. It was valid when it was written. */
  async read<Value>(name: string): Promise<Value | undefined> {
    return (await this.#read(name))?.value as Value | undefined;
  }

  /**
   * Changes a document. Of changes at the same time, one is made after the other. `change` returns what it was given to
   * leave everything as it is. Returns what the document became.
   */
  async change<Value>(name: string, change: (now: Value | undefined) => Value): Promise<Value> {
    for (;;) {
      const known = await this.#read(name);
      const value = change(known?.value as Value | undefined);
      if (known && value === known.value) return value;
      if (await this.#write(name, { value, version: (known?.version ?? 0) + 1 })) return value;
    }
  }

  async #read(name: string): Promise<Document | undefined> {
    const { Item } = await this.#database.client.send(
      new GetCommand({ TableName: this.#database.access, Key: keyOf(name), ConsistentRead: true }),
    );
    return Item && { value: Item.value, version: Number(Item.version) };
  }

  /** Returns whether it was written; it is not if another change came first. */
  async #write(name: string, { value, version }: Document): Promise<boolean> {
    return putIf(this.#database, {
      TableName: this.#database.access,
      Item: { ...keyOf(name), value, version },
      ConditionExpression: "attribute_not_exists(pk) OR version = :known",
      ExpressionAttributeValues: { ":known": version - 1 },
    });
  }
}

const keyOf = (name: string) => ({ pk: `${accessKeys.settings}${name}`, sk: "document" });
