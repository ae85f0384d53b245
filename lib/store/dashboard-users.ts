import { hash } from "node:crypto";
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { DashboardUser, LoginToken } from "../records/dashboard-user.ts";
import { queryAccess } from "./access-items.ts";
import { putIf } from "./conditional-put.ts";
import { type Database, isConditionFailure, type Key } from "./database.ts";
import { accessKeys } from "./tables.ts";

const usersPk = accessKeys.users;

/** The longest user name that is kept, in bytes; DynamoDB's limit for a sort key is 1,024. */
export const maxNameBytes = 1_024;

/** The dashboard users of the access table, with their login tokens. Reads are consistent. */
export class DashboardUsers {
  readonly #database: Database;
  /** Name of the first user, who cannot be deleted. */
  readonly defaultName: string;

  constructor(database: Database, defaultName = "admin") {
    this.#database = database;
    this.defaultName = defaultName;
  }

  async get(username: string): Promise<DashboardUser | undefined> {
    if (username === "" || Buffer.byteLength(username) > maxNameBytes) return undefined;
    const item = await this.#item(userKey(username));
    return item && toUser(item);
  }

  async list(): Promise<DashboardUser[]> {
    const items = await Array.fromAsync(queryAccess(this.#database, usersPk));
    return items.map(toUser);
  }

  /** Adds a user. Returns `false` and changes nothing if the name is taken. */
  async add(user: DashboardUser): Promise<boolean> {
    return this.#write(user, "attribute_not_exists(pk)");
  }

  /** Replaces a user that was read before. Returns `false` if it was changed or removed meanwhile. */
  async replace(user: DashboardUser, { generation }: DashboardUser): Promise<boolean> {
    return this.#write(user, "generation = :generation", { ":generation": generation });
  }

  async remove(username: string): Promise<void> {
    const Key = userKey(username);
    await this.#database.client.send(new DeleteCommand({ TableName: this.#database.access, Key }));
  }

  /** Keeps a token, by its text, for as long as a message can tell that it has expired. */
  async addToken(token: string, record: LoginToken, forgetAfter: number): Promise<void> {
    await this.#database.client.send(
      new PutCommand({
        TableName: this.#database.access,
        Item: { ...tokenKey(token), ...record, expires_at: record.valid_until + forgetAfter },
      }),
    );
  }

  async getToken(token: string): Promise<LoginToken | undefined> {
    const item = await this.#item(tokenKey(token));
    if (!item) return undefined;
    const { username, generation, valid_until } = item as unknown as LoginToken;
    return { username, generation, valid_until };
  }

  /** Moves the end of a token. One that was removed meanwhile stays removed. */
  async extendToken(token: string, valid_until: number, forgetAfter: number): Promise<void> {
    try {
      await this.#database.client.send(
        new UpdateCommand({
          TableName: this.#database.access,
          Key: tokenKey(token),
          UpdateExpression: "SET valid_until = :until, expires_at = :forget",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":until": valid_until, ":forget": valid_until + forgetAfter },
        }),
      );
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  async removeToken(token: string): Promise<void> {
    const Key = tokenKey(token);
    await this.#database.client.send(new DeleteCommand({ TableName: this.#database.access, Key }));
  }

  async #item(Key: Key): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.#database.client.send(
      new GetCommand({ TableName: this.#database.access, Key, ConsistentRead: true }),
    );
    return Item;
  }

  async #write(
    user: DashboardUser,
    ConditionExpression: string,
    values?: Record<string, unknown>,
  ): Promise<boolean> {
    const { username, ...rest } = user;
    return putIf(this.#database, {
      TableName: this.#database.access,
      Item: { ...userKey(username), ...rest },
      ConditionExpression,
      ExpressionAttributeValues: values,
    });
  }
}

const userKey = (username: string): Key => ({ pk: usersPk, sk: username });
const tokenKey = (token: string): Key => ({
  pk: `${accessKeys.tokens}${hash("sha256", token, "hex")}`,
  sk: "token",
});

function toUser({ pk: _, sk, ...rest }: Record<string, unknown>): DashboardUser {
  return { ...(rest as Omit<DashboardUser, "username">), username: String(sk) };
}
