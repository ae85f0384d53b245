import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalDatabase, localClient, openLocalDatabase } from "../../../infra/local/database.ts";
import { documentClient, isConditionFailure } from "../../../lib/store/database.ts";
import type { ItemChange } from "../../../lib/store/directory-feed.ts";

let local: LocalDatabase;
/** What was told. */
let changes: ItemChange[];

beforeEach(async () => {
  local = await openLocalDatabase();
  changes = [];
  local.changes.watch((change) => changes.push(change));
});

afterEach(() => local.close());

const item = (n: number) => ({ pk: "p", sk: "s", n });
const key = { pk: "p", sk: "s" };

const put = (n: number, { client, registry: TableName } = local.database) =>
  client.send(new PutCommand({ TableName, Item: item(n) }));

const remove = ({ client, registry: TableName } = local.database) =>
  client.send(new DeleteCommand({ TableName, Key: key }));

/** What was told of the items before and after each change. */
const told = () => changes.map(({ before, after }) => [before, after]);

test("each put and delete of an item is told with the item before and after it, in order", async () => {
  await put(1);
  await put(2);
  await remove();
  expect(changes.every(({ pk, sk }) => pk === "p" && sk === "s")).toBe(true);
  expect(told()).toEqual([
    [undefined, item(1)],
    [item(1), item(2)],
    [item(2), undefined],
  ]);
  const sequences = changes.map(({ sequence }) => sequence);
  expect(sequences).toEqual([...sequences].sort());
  expect(new Set(sequences).size).toBe(3);
});

test("a change is told whoever makes it, before they have their answer", async () => {
  const other = localClient(local.endpoint);
  await put(1, { ...local.database, client: documentClient(other) });
  expect(told()).toEqual([[undefined, item(1)]]);
  other.destroy();
});

test("changes that are made at the same time are told in the order in which they took effect", async () => {
  await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 4 === 3 ? remove() : put(n))));
  const { Item } = await local.database.client.send(
    new GetCommand({ TableName: local.database.registry, Key: key }),
  );
  const befores = [...told().map(([before]) => before), Item];
  expect(befores).toEqual([undefined, ...told().map(([, after]) => after)]);
});

test("a write whose condition failed is not told, and its writer learns why", async () => {
  const { client, registry: TableName } = local.database;
  await put(1);
  const ConditionExpression = "attribute_not_exists(pk)";
  const again = client.send(new PutCommand({ TableName, Item: item(2), ConditionExpression }));
  await expect(again).rejects.toSatisfy(isConditionFailure);
  expect(told()).toEqual([[undefined, item(1)]]);
});

test("a delete of what is not there is told as a change from nothing to nothing", async () => {
  await remove();
  expect(told()).toEqual([[undefined, undefined]]);
});

test("other tables and other operations go through untold", async () => {
  const { client, access, registry } = local.database;
  await client.send(new PutCommand({ TableName: access, Item: item(1) }));
  const found = await client.send(new GetCommand({ TableName: access, Key: key }));
  expect(found.Item).toEqual(item(1));
  const queried = await client.send(
    new QueryCommand({
      TableName: registry,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": "p" },
    }),
  );
  expect(queried.Items).toEqual([]);
  await client.send(
    new UpdateCommand({
      TableName: access,
      Key: key,
      UpdateExpression: "SET n = :n",
      ExpressionAttributeValues: { ":n": 2 },
    }),
  );
  expect(changes).toEqual([]);
});

test.each([false, true])(
  "what is asked before the database closes is still answered, directly: %s",
  async (direct) => {
    const closing = await openLocalDatabase(undefined, { direct });
    const closed = new Promise((resolve) => closing.changes.watch(() => resolve(closing.close())));
    await put(1, closing.database);
    await closed;
    await expect(put(2, closing.database)).rejects.toThrow();
  },
);

test("all who watch are told", async () => {
  const others: ItemChange[] = [];
  local.changes.watch((change) => others.push(change));
  await put(1);
  expect(others).toEqual(changes);
});
