import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ingest } from "../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../lib/ingest/lifecycle-event.ts";
import { recountDirectory } from "../../lib/store/directory-feed.ts";
import { connectedPersistent, disconnected, subscribed } from "../support/events.ts";
import { seedSessions, sessionState } from "../support/seed.ts";
import { TestApi } from "../support/test-api.ts";
import { table } from "./table.ts";

const populations = [1_000, 20_000];

interface Units {
  read: number;
  write: number;
}

/** Adds up the capacity units of all calls of a client. */
function meter(client: DynamoDBClient): () => Units {
  let spent: Units = { read: 0, write: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
      const { ConsumedCapacity } = result.output as {
        ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
      };
      const units = [ConsumedCapacity].flat().reduce((sum, it) => sum + (it?.CapacityUnits ?? 0), 0);
      if (/^(Put|Update|Delete|BatchWrite)/.test(context.commandName ?? "")) spent.write += units;
      else spent.read += units;
      return result;
    },
    { step: "initialize", priority: "high", name: "meter" },
  );
  return () => {
    const result = spent;
    spent = { read: 0, write: 0 };
    return result;
  };
}

/** DynamoDB capacity units per call, key check included, at two populations. */
export async function units(): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const population of populations) {
    const api = await TestApi.start();
    const spent = meter(api.local.client);
    const last = await seed(api, population);
    const cost = async (name: string, call: () => Promise<unknown>) => {
      spent();
      await call();
      const { read, write } = spent();
      rows.push([name, population, read.toFixed(1), write.toFixed(1)]);
    };
    await cost("GET one client", () => api.call("GET", "/clients/client-1"));
    await cost("GET 100 clients, page 1", () => api.call("GET", "/clients?limit=100"));
    await cost("GET 100 clients, last page", () => api.call("GET", `/clients?limit=100&page=${last}`));
    await cost("GET 1 client, to count all", () => api.call("GET", "/clients?limit=1"));
    await cost("GET a user's clients", () => api.call("GET", "/clients?username=user-1"));
    await cost("POST publish", () => api.call("POST", "/publish", { body: { topic: "t", payload: "x" } }));
    await cost("DELETE a client", () => api.call("DELETE", "/clients/client-2"));
    await api.registry.idle();
    await cost("connect event, counts included", () => settle(api, connectedPersistent("fresh")));
    await cost("disconnect event", () => settle(api, disconnected("fresh")));
    await cost("subscribe event, 1 filter", () => settle(api, subscribed("client-3", ["t/#"])));
    await api.close();
  }
  rows.sort(([a], [b]) => names.indexOf(String(a)) - names.indexOf(String(b)));
  return `## DynamoDB units per call\n\n${table(["call", "sessions", "read units", "write units"], rows)}`;
}

const names = [
  "GET one client",
  "GET 100 clients, page 1",
  "GET 100 clients, last page",
  "GET 1 client, to count all",
  "GET a user's clients",
  "POST publish",
  "DELETE a client",
  "connect event, counts included",
  "disconnect event",
  "subscribe event, 1 filter",
];

/** Returns the number of the last page of 100. */
async function seed(api: TestApi, population: number): Promise<number> {
  const states = Array.from({ length: population }, (_, n) =>
    sessionState(`client-${n}`, { username: `user-${n}`, ip_address: "203.0.113.7", expiry_interval: 0 }),
  );
  await seedSessions(api.local.database, states);
  await recountDirectory(api.registry.sessions);
  return population / 100;
}

async function settle(api: TestApi, event: LifecycleEvent): Promise<void> {
  await ingest(api.registry, event);
  await api.registry.idle();
}
