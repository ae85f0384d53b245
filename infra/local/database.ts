import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
} from "@aws-sdk/client-dynamodb";
import { type Database, documentClient } from "../../lib/store/database.ts";
import { accessTable, registryTable, type TableDefinition } from "../../lib/store/tables.ts";
import { ChangeStream } from "./change-stream.ts";
import { DynamoEngine } from "./dynamo-engine.ts";
import { dynamoServer } from "./dynamo-server.ts";
import { inProcessClient } from "./in-process-client.ts";
import { openLevel } from "./open-level.ts";

/** The embedded DynamoDB, open for this process alone. */
export interface LocalDatabase {
  database: Database;
  client: DynamoDBClient;
  /** Address for other clients of it. */
  endpoint: string;
  /** Changes of the registry table. */
  changes: ChangeStream;
  close(): Promise<void>;
}

export const localTables = { access: "fleetgate-access", registry: "fleetgate-registry" } as const;

/** Where the embedded DynamoDB lies in a data folder. */
export const databaseFolder = (dataFolder: string) => join(dataFolder, "dynamodb");

/** A client of an embedded DynamoDB, which asks nobody who they are. */
export function localClient(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return new DynamoDBClient({ endpoint, region: "local", credentials });
}

/**
 * Starts DynamoDB with its data in a folder, or in memory without one, and makes the tables that are missing. The
 * tables are asked over HTTP, as on AWS, unless it is to be `direct`, which is faster.
 */
export async function openLocalDatabase(
  folder?: string,
  { direct = false }: { direct?: boolean } = {},
): Promise<LocalDatabase> {
  if (folder !== undefined) await checkUnused(folder);
  const engine = await DynamoEngine.open(folder);
  const changes = new ChangeStream(engine, localTables.registry);
  const server = dynamoServer(changes);
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  const client = localClient(endpoint);
  await createTable(client, localTables.access, accessTable);
  await createTable(client, localTables.registry, registryTable);
  return {
    client,
    endpoint,
    changes,
    database: { client: direct ? inProcessClient(changes) : documentClient(client), ...localTables },
    async close() {
      server.close();
      await engine.close();
      // What was answered last is on its way.
      await nextTurn();
      server.closeAllConnections();
      client.destroy();
    },
  };
}

/** Fails if a folder cannot be opened: dynalite itself would end the whole process then. */
async function checkUnused(folder: string): Promise<void> {
  const level = await openLevel(folder);
  await level.close();
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function createTable(client: DynamoDBClient, TableName: string, table: TableDefinition): Promise<void> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  if (TableNames.includes(TableName)) return;
  const attributes = [table, ...table.indexes].flatMap(({ partitionKey, sortKey }) => [
    partitionKey,
    sortKey,
  ]);
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [...new Set(attributes)].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      KeySchema: keySchema(table),
      ...(table.indexes.length > 0 && {
        GlobalSecondaryIndexes: table.indexes.map((index) => ({
          IndexName: index.name,
          KeySchema: keySchema(index),
          Projection: { ProjectionType: "KEYS_ONLY" },
        })),
      }),
    }),
  );
  await untilActive(client, TableName);
}

/** A table that is made becomes usable a moment later. */
async function untilActive(client: DynamoDBClient, TableName: string): Promise<void> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === "ACTIVE") return;
    await sleep(1);
  }
}

const keySchema = ({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) => [
  { AttributeName: partitionKey, KeyType: "HASH" as const },
  { AttributeName: sortKey, KeyType: "RANGE" as const },
];
