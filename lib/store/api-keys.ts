import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { type ApiKey, apiKeyOf } from "../records/api-key.ts";
import { putIf, wasRepeated } from "./conditional-put.ts";
import { type Database, isConditionFailure } from "./database.ts";
import { accessKeys } from "./tables.ts";

/** All keys lie in one collection, so that listing them is one Query and finding one is one GetItem. */
const pk = accessKeys.apiKeys;

/** From the name of a key that was not made by its name to its `api_key`. */
const namesPk = accessKeys.apiKeyNames;

/** The longest `api_key` that is kept, in bytes; DynamoDB's limit for a sort key is 1,024. */
export const maxApiKeyBytes = 1_024;

/** The API keys of the access table. Reads are consistent, so that every change counts on the next request. */
export class ApiKeys {
  readonly #database: Omit<Database, "registry">;

  constructor(database: Omit<Database, "registry">) {
    this.#database = database;
  }

  async get(api_key: string): Promise<ApiKey | undefined> {
    if (api_key === "" || Buffer.byteLength(api_key) > maxApiKeyBytes) return undefined;
    const Item = await this.#item(pk, api_key);
    return Item && toApiKey(Item);
  }

  async getByName(name: string): Promise<ApiKey | undefined> {
    const made = await this.get(apiKeyOf(name));
    if (made?.name === name) return made;
    const pointer = await this.#item(namesPk, name);
    const found = pointer && (await this.get(String(pointer.api_key)));
    return found?.name === name ? found : undefined;
  }

  async list(): Promise<ApiKey[]> {
    const keys: ApiKey[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#database.client.send(
        new QueryCommand({
          TableName: this.#database.access,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": pk },
          ConsistentRead: true,
          ExclusiveStartKey,
        }),
      );
      keys.push(...Items.map(toApiKey));
      ExclusiveStartKey = LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return keys;
  }

  /** Adds a key. Returns `false` and changes nothing if its `api_key` is taken. */
  async add(key: ApiKey): Promise<boolean> {
    return this.#write(key, { ConditionExpression: "attribute_not_exists(pk)" });
  }

  /** Replaces a key that was read before. Returns `false` and changes nothing if it was changed or removed meanwhile. */
  async replace(key: ApiKey, { secret_hash, enable, role, expired_at }: ApiKey): Promise<boolean> {
    const sameEnd = expired_at === undefined ? "attribute_not_exists(expired_at)" : "expired_at = :end";
    return this.#write(key, {
      ConditionExpression: `secret_hash = :hash AND #enable = :enable AND #role = :role AND ${sameEnd}`,
      ExpressionAttributeNames: { "#enable": "enable", "#role": "role" },
      ExpressionAttributeValues: {
        ...{ ":hash": secret_hash, ":enable": enable, ":role": role },
        ...(expired_at !== undefined && { ":end": expired_at }),
      },
    });
  }

  /** Creates or replaces a key that was not made by its name. */
  async put(key: ApiKey): Promise<void> {
    await this.#database.client.send(
      new PutCommand({
        TableName: this.#database.access,
        Item: { pk: namesPk, sk: key.name, api_key: key.api_key },
      }),
    );
    await this.#write(key);
  }

  /** Removes a key that was read before. Returns `false` if it was removed meanwhile. */
  async remove({ name, api_key }: ApiKey): Promise<boolean> {
    const TableName = this.#database.access;
    const outcome = await this.#database.client.send(
      new DeleteCommand({ TableName, Key: { pk, sk: api_key }, ReturnValues: "ALL_OLD" }),
    );
    if (apiKeyOf(name) !== api_key) {
      await this.#database.client.send(new DeleteCommand({ TableName, Key: { pk: namesPk, sk: name } }));
    }
    return outcome.Attributes !== undefined || wasRepeated(outcome);
  }

  /** Notes that a key was used at a time (epoch seconds). A key that was deleted meanwhile stays deleted. */
  async noteUse({ api_key }: ApiKey, at: number): Promise<void> {
    try {
      await this.#database.client.send(
        new UpdateCommand({
          TableName: this.#database.access,
          Key: { pk, sk: api_key },
          UpdateExpression: "SET last_used_at = :at",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":at": at },
        }),
      );
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  async #item(partition: string, sk: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.#database.client.send(
      new GetCommand({
        TableName: this.#database.access,
        Key: { pk: partition, sk },
        ConsistentRead: true,
      }),
    );
    return Item;
  }

  async #write({ api_key, ...rest }: ApiKey, condition: Condition = {}): Promise<boolean> {
    const TableName = this.#database.access;
    return putIf(this.#database, { TableName, Item: { pk, sk: api_key, ...rest }, ...condition });
  }
}

type Condition = Pick<
  PutCommandInput,
  "ConditionExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"
>;

function toApiKey({ pk: _, sk, ...rest }: Record<string, unknown>): ApiKey {
  return { ...(rest as Omit<ApiKey, "api_key">), api_key: String(sk) };
}
