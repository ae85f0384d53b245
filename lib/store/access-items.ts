import { BatchWriteCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Database, Key } from "./database.ts";

/** DynamoDB's limit for one BatchWriteItem. */
const batchWriteLimit = 25;

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
    await deleteKeys(database, keys);
    keys = [];
  }
  await deleteKeys(database, keys);
}

async function deleteKeys(database: Database, keys: readonly Key[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(keys.length / batchWriteLimit) }, (_, n) =>
    keys.slice(n * batchWriteLimit, (n + 1) * batchWriteLimit),
  );
  await Promise.all(batches.map((batch) => deleteBatch(database, batch)));
}

async function deleteBatch({ client, access }: Database, keys: readonly Key[]): Promise<void> {
  let requests: DeleteRequests = keys.map((key) => ({ DeleteRequest: { Key: { ...key } } }));
  while (requests.length > 0) {
    const { UnprocessedItems } = await client.send(
      new BatchWriteCommand({ RequestItems: { [access]: requests } }),
    );
    requests = (UnprocessedItems?.[access] ?? []) as DeleteRequests;
  }
}

type DeleteRequests = { DeleteRequest: { Key: Record<string, unknown> } }[];
