import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, localClient, openLocalDatabase } from "../../../infra/local/database.ts";
import { documentClient, isConditionFailure } from "../../../lib/store/database.ts";

let local: LocalDatabase;

beforeAll(async () => {
  local = await openLocalDatabase(undefined, { direct: true });
});

afterAll(() => local.close());

const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
    .map((it) => Number(it.toFixed(6)) + 0),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ minLength: 1, maxLength: 20 }),
  fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }).map((it) => new Set(it)),
);
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.string(), scalar, { maxKeys: 3 }),
);
const name = fc.string({ minLength: 1 }).filter((it) => it !== "pk" && it !== "sk" && it !== "__proto__");
const attributes = fc.dictionary(name, value, { maxKeys: 6, noNullPrototype: true });

/** The same, whichever view bytes are given as. */
const plain = (item: unknown) =>
  JSON.stringify(item, (_, it) => {
    if (it instanceof Uint8Array) return [...it];
    if (it instanceof Set) return [...it].sort();
    return it === 0 ? 0 : it;
  });

test("items come back as they were put, and as a client over HTTP sees them", async () => {
  const { access: TableName, client } = local.database;
  const other = localClient(local.endpoint);
  const Key = { pk: "p", sk: "s" };
  await fc.assert(
    fc.asyncProperty(attributes, async (given) => {
      await client.send(new PutCommand({ TableName, Item: { ...given, ...Key } }));
      const { Item } = await client.send(new GetCommand({ TableName, Key }));
      const overHttp = await documentClient(other).send(new GetCommand({ TableName, Key }));
      expect(plain(Item)).toBe(plain(overHttp.Item));
      expect(Item).toEqual({ ...given, ...Key });
    }),
    { numRuns: 100 },
  );
  other.destroy();
});

test("batches are written and read", async () => {
  const { registry, client } = local.database;
  const items = Array.from({ length: 20 }, (_, n) => ({ pk: "b", sk: `${n}`, PutRequest: { n } }));
  const puts = items.map((Item) => ({ PutRequest: { Item } }));
  const written = await client.send(new BatchWriteCommand({ RequestItems: { [registry]: puts } }));
  expect(written.UnprocessedItems).toEqual({});
  const Keys = items.map(({ pk, sk }) => ({ pk, sk }));
  const { Responses } = await client.send(new BatchGetCommand({ RequestItems: { [registry]: { Keys } } }));
  expect(Responses?.[registry]?.toSorted((a, b) => Number(a.sk) - Number(b.sk))).toEqual(items);
  const deletes = Keys.map((Key) => ({ DeleteRequest: { Key } }));
  await client.send(new BatchWriteCommand({ RequestItems: { [registry]: deletes } }));
  const left = await client.send(new BatchGetCommand({ RequestItems: { [registry]: { Keys } } }));
  expect(left.Responses?.[registry]).toEqual([]);
});

test("a query goes on from the key where the one before ended", async () => {
  const { access: TableName, client } = local.database;
  for (const n of [1, 2, 3])
    await client.send(new PutCommand({ TableName, Item: { pk: "q", sk: `${n}`, n } }));
  const query = {
    TableName,
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: { ":pk": "q" },
    Limit: 2,
  };
  const first = await client.send(new QueryCommand(query));
  expect(first.LastEvaluatedKey).toEqual({ pk: "q", sk: "2" });
  const second = await client.send(new QueryCommand({ ...query, ExclusiveStartKey: first.LastEvaluatedKey }));
  expect([...(first.Items ?? []), ...(second.Items ?? [])].map(({ n }) => n)).toEqual([1, 2, 3]);
});

test("errors have DynamoDB's names, in this process and over HTTP", async () => {
  const { access: TableName, client } = local.database;
  const overHttp = localClient(local.endpoint);
  const other = documentClient(overHttp);
  const Item = { pk: "e", sk: "1" };
  await client.send(new PutCommand({ TableName, Item }));
  for (const asked of [client, other]) {
    const ConditionExpression = "attribute_not_exists(pk)";
    const again = asked.send(new PutCommand({ TableName, Item, ConditionExpression }));
    await expect(again).rejects.toSatisfy(isConditionFailure);
    const nowhere = asked.send(new GetCommand({ TableName: "none", Key: Item }));
    await expect(nowhere).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    const wrong = asked.send(new GetCommand({ TableName, Key: { pk: "e" } }));
    await expect(wrong).rejects.toMatchObject({ name: "ValidationException" });
  }
  overHttp.destroy();
});
