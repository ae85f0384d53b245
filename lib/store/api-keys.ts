import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { ApiKey } from "../records/api-key.ts";
import type { Database } from "./database.ts";

const pk = "api_key";

/** The longest `api_key` that is kept, in bytes; DynamoDB's limit for a sort key is 1,024. */
export const maxApiKeyBytes = 1_024;

/** The API keys of the access table. */
export class ApiKeys {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async get(api_key: string): Promise<ApiKey | undefined> {
    if (api_key === "" || Buffer.byteLength(api_key) > maxApiKeyBytes) return undefined;
    const { Item } = await this.#database.client.send(
      new GetCommand({ TableName: this.#database.access, Key: { pk, sk: api_key }, ConsistentRead: true }),
    );
    return Item && toApiKey(Item);
  }

  /** Creates or replaces a key. */
  async put(key: ApiKey): Promise<void> {
    const { api_key, ...rest } = key;
    await this.#database.client.send(
      new PutCommand({ TableName: this.#database.access, Item: { pk, sk: api_key, ...rest } }),
    );
  }
}

function toApiKey({ pk: _, sk, ...rest }: Record<string, unknown>): ApiKey {
  return { ...(rest as Omit<ApiKey, "api_key">), api_key: String(sk) };
}
