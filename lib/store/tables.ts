/** The two tables, as data: read by the CDK app and by the local environment, which create them. */
export interface TableDefinition {
  readonly partitionKey: "pk";
  readonly sortKey: "sk";
  /** Epoch seconds after which DynamoDB deletes an item; readers check it too, because it deletes late. */
  readonly expiryAttribute: "expires_at";
  readonly indexes: readonly IndexDefinition[];
  /** Whether each change is passed on, with the item before and after it. */
  readonly streamed: boolean;
}

export interface IndexDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

const keys = { partitionKey: "pk", sortKey: "sk", expiryAttribute: "expires_at" } as const;

/** Index of sessions by user name; holds keys only. */
export const usernameIndex = { name: "username", partitionKey: "username_key", sortKey: "sk" } as const;

/** Partition keys of the access table, or with what they begin (`#` at the end). */
export const accessKeys = {
  apiKeys: "api_key",
  apiKeyNames: "api_key_name",
  users: "user",
  tokens: "token#",
  loginFailures: "login_failures#",
  bans: "banned#",
  audit: "audit#",
  settings: "setting#",
} as const;

/** Credentials and policy. */
export const accessTable: TableDefinition = { ...keys, indexes: [], streamed: false };

/** What the broker holds now: sessions, subscriptions and their counts. */
export const registryTable: TableDefinition = { ...keys, indexes: [usernameIndex], streamed: true };
