import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetCommand, BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { Unavailable } from "../unavailable.ts";
import type { Database, Key } from "./database.ts";

/** DynamoDB's limits for one BatchGetItem and one BatchWriteItem. */
const limits = { get: 100, write: 25 } as const;

/** How often a batch is asked for, and the longest pauses before it is asked for again, in milliseconds. */
const mostAttempts = 8;
const longestPause = { first: 50, most: 1_000 } as const;

type Table = "access" | "registry";
type Item = Record<string, unknown>;

/** The items of a table with these keys, as far as there are any, in no order. */
export async function getItems(
  database: Database,
  table: Table,
  keys: readonly Key[],
  { ConsistentRead = false } = {},
): Promise<Item[]> {
  const items: Item[] = [];
  const TableName = database[table];
  await inBatches(keys.map(plain), limits.get, async (Keys) => {
    const answer = await database.client.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead } } }),
    );
    items.push(...(answer.Responses?.[TableName] ?? []));
    return answer.UnprocessedKeys?.[TableName]?.Keys;
  });
  return items;
}

/** Deletes the items of a table with these keys. */
export async function deleteItems(database: Database, table: Table, keys: readonly Key[]): Promise<void> {
  const TableName = database[table];
  const requests = keys.map((key) => ({ DeleteRequest: { Key: plain(key) } }));
  await inBatches(requests, limits.write, async (batch) => {
    const answer = await database.client.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: batch } }),
    );
    return answer.UnprocessedItems?.[TableName] as typeof batch | undefined;
  });
}

const plain = ({ pk, sk }: Key): Item => ({ pk, sk });

/** Asks for all in batches, side by side; `ask` returns what of its batch was not done. */
async function inBatches<Request>(
  requests: Request[],
  size: number,
  ask: (batch: Request[]) => Promise<Request[] | undefined>,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(requests.length / size) }, (_, n) =>
    requests.slice(n * size, (n + 1) * size),
  );
  await Promise.all(batches.map((batch) => untilDone(batch, ask)));
}

/** Pauses ever longer, and by chance, before what was not done is asked for again. Throws `Unavailable` in the end. */
async function untilDone<Request>(
  batch: Request[],
  ask: (batch: Request[]) => Promise<Request[] | undefined>,
): Promise<void> {
  let left = (await ask(batch)) ?? [];
  for (let attempt = 1; left.length > 0; attempt += 1) {
    if (attempt === mostAttempts) throw new Unavailable("DynamoDB does not get to all of a batch");
    const { first, most } = longestPause;
    await sleep(Math.random() * Math.min(first * 2 ** (attempt - 1), most));
    left = (await ask(left)) ?? [];
  }
}
