import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { inProcessClient } from "../../infra/local/in-process-client.ts";
import { type OrderedKind, partition } from "../../lib/store/hash-order.ts";
import { temporaryFolder } from "../support/program.ts";
import { seedFleet } from "../support/seed-fleet.ts";
import { TestApi } from "../support/test-api.ts";
import { meter, type Units } from "./capacity.ts";
import type { BenchOptions } from "./options.ts";
import { table } from "./table.ts";
import { type UnitCall, unitCalls } from "./unit-calls.ts";

/** DynamoDB capacity units per call, key check included, side by side at some populations and at the least possible. */
export async function units({ populations }: BenchOptions): Promise<string> {
  const columns: { least: Map<string, Units>; measured: Map<string, Units> }[] = [];
  for (const population of populations) columns.push(await measure(population));
  const cells = (name: string, kind: keyof Units) =>
    [columns[0]?.least, ...columns.map(({ measured }) => measured)].map((column) =>
      (column?.get(name)?.[kind] ?? 0).toFixed(1),
    );
  const rows = Object.keys(unitCalls).map((name) => [name, ...cells(name, "read"), ...cells(name, "write")]);
  const sessions = populations.map((population) => population.toLocaleString("en"));
  const heads = (kind: string) => [`${kind}, least`, ...sessions.map((it) => `at ${it}`)];
  const title = `## DynamoDB units per call, at ${sessions.join(", ")} sessions`;
  return `${title}\n\n${table(["call", ...heads("read"), ...heads("write")], rows)}`;
}

async function measure(population: number) {
  const api = await TestApi.start({}, await temporaryFolder());
  const { changes, database } = api.local;
  await seedFleet({ ...database, client: inProcessClient(changes) }, population);
  const sizes = await itemSizes(api);
  process.stderr.write(`${population} sessions are there\n`);
  const spent = meter(api.local.client);
  // The first use of a key is written down.
  await api.call("GET", "/status");
  await api.call("GET", "/nodes");
  const measured = new Map<string, Units>();
  const least = new Map<string, Units>();
  for (const [name, call] of Object.entries(unitCalls)) {
    spent();
    await call.run(api, population);
    await api.registry.idle();
    measured.set(name, spent());
    least.set(name, leastOf(call, sizes));
  }
  await api.close();
  return { measured, least };
}

/** What the bytes alone cost: half a unit for each 4 KB read, and for the key; a unit for each item written. */
function leastOf(
  { shows = {}, writes = 0, event = false }: UnitCall,
  sizes: Record<OrderedKind, number>,
): Units {
  const bytes = Object.entries(shows).map(([kind, count]) => count * sizes[kind as OrderedKind]);
  const read = bytes.reduce((sum, size) => sum + Math.ceil(size / 4_096) / 2, event ? 0 : 0.5);
  return { read, write: writes };
}

/** Bytes of one item of each kind; those of the fleet are all alike. */
async function itemSizes({ local: { database } }: TestApi): Promise<Record<OrderedKind, number>> {
  const sizeOf = async (kind: OrderedKind) => {
    const { Items = [] } = await database.client.send(
      new QueryCommand({
        TableName: database.registry,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": partition(kind, "0") },
        Limit: 1,
      }),
    );
    return Object.entries(Items[0] ?? {}).reduce(
      (sum, [name, value]) => sum + name.length + bytesOf(value),
      0,
    );
  };
  return {
    session: await sizeOf("session"),
    subscription: await sizeOf("subscription"),
    route: await sizeOf("route"),
  };
}

/** As DynamoDB counts them, for what the items of a registry hold. */
function bytesOf(value: unknown): number {
  if (typeof value === "number") return Math.ceil(String(value).length / 2) + 1;
  return typeof value === "string" ? Buffer.byteLength(value) : 1;
}
