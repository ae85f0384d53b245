import { BatchGetCommand, BatchWriteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { deleteItems, getItems } from "../../../lib/store/batches.ts";
import type { Database, DocumentClient } from "../../../lib/store/database.ts";
import { isUnavailable } from "../../../lib/unavailable.ts";

let local: LocalDatabase;
let database: Database;
let calls: number[];
/** How many calls leave all but the first of their requests undone. */
let throttled: number;

const keys = Array.from({ length: 230 }, (_, n) => ({ pk: "batch", sk: String(n) }));

beforeAll(async () => {
  local = await openLocalDatabase(undefined, { direct: true });
  database = { ...local.database, client: { send: send as DocumentClient["send"] } };
});
afterAll(() => local.close());
beforeEach(async () => {
  [calls, throttled] = [[], 0];
  for (const key of keys)
    await local.database.client.send(new PutCommand({ TableName: local.database.access, Item: key }));
});

/** Does as a throttled DynamoDB, which does a part of a batch. */
async function send(command: BatchGetCommand | BatchWriteCommand) {
  const { client, access } = local.database;
  const wanted = command.input.RequestItems?.[access];
  const requests = (Array.isArray(wanted) ? wanted : (wanted?.Keys ?? [])) as Record<string, unknown>[];
  calls.push(requests.length);
  const done = throttled > 0 ? 1 : requests.length;
  const left = requests.slice(done);
  throttled -= 1;
  if (command instanceof BatchGetCommand) {
    const RequestItems = { [access]: { Keys: requests.slice(0, done) } };
    const answer = await client.send(new BatchGetCommand({ RequestItems }));
    return { ...answer, UnprocessedKeys: left.length > 0 ? { [access]: { Keys: left } } : {} };
  }
  const answer = await client.send(
    new BatchWriteCommand({ RequestItems: { [access]: requests.slice(0, done) } }),
  );
  return { ...answer, UnprocessedItems: left.length > 0 ? { [access]: left } : {} };
}

const found = async () =>
  (await getItems(database, "access", keys, { ConsistentRead: true })).map(({ sk }) => Number(sk));

test("more than one call takes is read and deleted in several", async () => {
  expect((await found()).sort((a, b) => a - b)).toEqual(keys.map((_, n) => n));
  expect(calls).toEqual([100, 100, 30]);
  calls = [];
  await deleteItems(database, "access", keys);
  expect(calls).toEqual([...Array(9).fill(25), 5]);
  expect(await found()).toEqual([]);
  expect(await getItems(database, "access", [])).toEqual([]);
});

test("what a call leaves undone is asked for again, a moment later", async () => {
  throttled = 5;
  const begin = performance.now();
  expect((await found()).sort((a, b) => a - b)).toEqual(keys.map((_, n) => n));
  expect(performance.now() - begin).toBeGreaterThan(1);
  expect(calls.length).toBe(3 + 5);
  throttled = 12;
  await deleteItems(database, "access", keys);
  expect(await found()).toEqual([]);
});

test("what is left undone again and again fails as not available", async () => {
  throttled = 1_000;
  const failed = await deleteItems(database, "access", keys.slice(0, 20)).catch((error: unknown) => error);
  expect(isUnavailable(failed)).toBe(true);
  expect(calls).toEqual([20, 19, 18, 17, 16, 15, 14, 13]);
});
