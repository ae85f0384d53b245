import { isDeepStrictEqual } from "node:util";
import { GetCommand, PutCommand, type PutCommandInput } from "@aws-sdk/lib-dynamodb";
import { type Database, isConditionFailure, type Key } from "./database.ts";

type Put = PutCommandInput & { TableName: string; Item: Key & Record<string, unknown> };

/**
 * Puts an item under a condition, and returns whether it was put. The SDK asks again when an answer is lost, and the
 * condition then fails on what the call itself has written: that counts as put.
 */
export async function putIf({ client }: Pick<Database, "client">, put: Put): Promise<boolean> {
  try {
    await client.send(new PutCommand(put));
    return true;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    if (!wasRepeated(error)) return false;
    const { pk, sk } = put.Item;
    const { TableName } = put;
    const { Item } = await client.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true }));
    return isDeepStrictEqual(plain(Item), plain(put.Item));
  }
}

/** Whether the SDK sent a call more than once, by its result or its error. */
export function wasRepeated(outcome: unknown): boolean {
  const { $metadata } = outcome as { $metadata?: { attempts?: number } };
  return ($metadata?.attempts ?? 1) > 1;
}

const plain = (item: unknown): unknown => item && JSON.parse(JSON.stringify(item));
