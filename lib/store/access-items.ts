import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { deleteItems } from "./batches.ts";
import type { Database, Key } from "./database.ts";

/** Keys that are deleted before the next ones are read. */
const deletedAtOnce = 1_000;

/** All items of one partition key of the access table, in key order, read consistently as they are taken. */
export async function* queryAccess(database: Database, pk: string): AsyncGenerator<Record<string, unknown>> {
  let next: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await database.client.send(
      new QueryCommand({
        TableName: database.access,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": pk },
        ConsistentRead: true,
        ExclusiveStartKey: next,
      }),
    );
    yield* Items;
    next = LastEvaluatedKey;
  } while (next);
}

/** Deletes all items of one partition key of the access table. */
export async function deleteAll(database: Database, pk: string): Promise<void> {
  let keys: Key[] = [];
  for await (const { sk } of queryAccess(database, pk)) {
    keys.push({ pk, sk: String(sk) });
    if (keys.length < deletedAtOnce) continue;
    await deleteItems(database, "access", keys);
    keys = [];
  }
  await deleteItems(database, "access", keys);
}
