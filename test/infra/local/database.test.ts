import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import {
  databaseFolder,
  type LocalDatabase,
  localTables,
  openLocalDatabase,
} from "../../../infra/local/database.ts";
import { accessTable, registryTable } from "../../../lib/store/tables.ts";
import { temporaryFolder } from "../../support/program.ts";

async function open(folder?: string): Promise<LocalDatabase> {
  const local = await openLocalDatabase(folder);
  onTestFinished(() => local.close());
  return local;
}

const Item = { pk: "p", sk: "s", n: 1 };

const put = ({ database: { client, access } }: LocalDatabase) =>
  client.send(new PutCommand({ TableName: access, Item }));

const read = async ({ database: { client, access } }: LocalDatabase) =>
  (await client.send(new GetCommand({ TableName: access, Key: { pk: "p", sk: "s" } }))).Item;

test.each([
  [localTables.access, accessTable],
  [localTables.registry, registryTable],
])("%s has the keys and indexes of its definition", async (TableName, definition) => {
  const { client } = await open();
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const schema = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
  expect(Table?.TableStatus).toBe("ACTIVE");
  expect(Table?.KeySchema).toEqual(schema(definition.partitionKey, definition.sortKey));
  expect(Table?.GlobalSecondaryIndexes ?? []).toMatchObject(
    definition.indexes.map(({ name, partitionKey, sortKey }) => ({
      ...{ IndexName: name, Projection: { ProjectionType: "KEYS_ONLY" } },
      KeySchema: schema(partitionKey, sortKey),
    })),
  );
});

test("data in a folder is there when it is opened again", async () => {
  const folder = databaseFolder(await temporaryFolder());
  const first = await openLocalDatabase(folder);
  await put(first);
  await first.close();
  expect(await read(await open(folder))).toEqual(Item);
});

test("without a folder each database is empty", async () => {
  await put(await open());
  expect(await read(await open())).toBeUndefined();
});

test("a folder that is open cannot be opened a second time, and stays open for the first", async () => {
  const folder = await temporaryFolder();
  const first = await open(folder);
  const second = openLocalDatabase(folder);
  await expect(second).rejects.toMatchObject({
    ...{ name: "DataUnavailable", inUse: true, message: `${folder} is in use by another process` },
  });
  await put(first);
  expect(await read(first)).toEqual(Item);
});

test("a folder that cannot be one says why", async () => {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "");
  const refused = openLocalDatabase(databaseFolder(file));
  await expect(refused).rejects.toMatchObject({ name: "DataUnavailable", inUse: false });
  await expect(refused).rejects.toThrow("cannot be opened: ENOTDIR");
});
