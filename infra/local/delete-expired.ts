import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { log } from "../../lib/log.ts";
import { type Database, isConditionFailure, type Key } from "../../lib/store/database.ts";

/** Deletes an item if it has expired, in epoch seconds. Returns whether there is nothing left to do. */
export async function deleteExpired(
  { client, ...tables }: Database,
  table: "access" | "registry",
  { pk, sk }: Key,
  now: number,
): Promise<boolean> {
  try {
    await client.send(
      new DeleteCommand({
        TableName: tables[table],
        Key: { pk, sk },
        ConditionExpression: "expires_at <= :now",
        ExpressionAttributeValues: { ":now": now },
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return true;
    log("error", "an expired item could not be deleted", { error });
    return false;
  }
}
