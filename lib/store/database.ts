import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** Asks DynamoDB, with items as plain objects. */
export type DocumentClient = Pick<DynamoDBDocumentClient, "send">;

/** DynamoDB with the names of our tables. */
export interface Database {
  readonly client: DocumentClient;
  readonly access: string;
  readonly registry: string;
}

/** Wraps a DynamoDB client for items as plain objects. */
export function documentClient(client: DynamoDBClient): DocumentClient {
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** DynamoDB with both tables, by a client of it. */
export function openDatabase(client: DynamoDBClient, tables: { access: string; registry: string }): Database {
  return { client: documentClient(client), ...tables };
}

export interface Key {
  pk: string;
  sk: string;
}

/** Whether a conditional write was refused by its condition. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === "ConditionalCheckFailedException";
}
