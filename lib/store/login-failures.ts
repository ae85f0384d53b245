import { GetCommand, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { type Database, isConditionFailure } from "./database.ts";
import { accessKeys } from "./tables.ts";

/** How long failures count, in seconds. */
const remembered = 900;

/** Failed logins, counted for a user name and an address together: a stranger elsewhere locks nobody out. */
export class LoginFailures {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Counts an attempt as failed, before it is known whether it is: so attempts at the same time cannot pass a limit
   * together. Returns how many failed before it, `undefined` if these are `most`, and the attempt is not counted.
   */
  async attempt(username: string, address: string, most: number): Promise<number | undefined> {
    for (;;) {
      const counted = await this.#update(username, address, {
        UpdateExpression: "SET expires_at = :end ADD failures :one",
        ConditionExpression: "expires_at > :now AND failures < :most",
        ExpressionAttributeValues: { ":one": 1, ":end": now() + remembered, ":now": now(), ":most": most },
      });
      if (counted) return Number(counted.failures) - 1;
      const isFirst = await this.#update(username, address, {
        UpdateExpression: "SET failures = :one, expires_at = :end",
        ConditionExpression: "attribute_not_exists(expires_at) OR expires_at <= :now",
        ExpressionAttributeValues: { ":one": 1, ":end": now() + remembered, ":now": now() },
      });
      if (isFirst) return 0;
      if ((await this.count(username, address)) >= most) return undefined;
    }
  }

  /** Takes back an attempt that has succeeded. */
  async takeBack(username: string, address: string): Promise<void> {
    await this.#update(username, address, {
      UpdateExpression: "ADD failures :less",
      ConditionExpression: "failures > :none",
      ExpressionAttributeValues: { ":less": -1, ":none": 0 },
    });
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

  /** Updates a count and returns it; `undefined` if the condition does not hold. */
  async #update(
    username: string,
    address: string,
    update: Omit<UpdateCommandInput, "TableName" | "Key">,
  ): Promise<Record<string, unknown> | undefined> {
    try {
      const { Attributes } = await this.#database.client.send(
        new UpdateCommand({
          TableName: this.#database.access,
          Key: keyOf(username, address),
          ReturnValues: "ALL_NEW",
          ...update,
        }),
      );
      return Attributes;
    } catch (error) {
      if (isConditionFailure(error)) return undefined;
      throw error;
    }
  }
}

const keyOf = (username: string, address: string) => ({
  pk: `${accessKeys.loginFailures}${address}`,
  sk: username.slice(0, 256) || "-",
});

const now = () => Math.floor(Date.now() / 1000);
