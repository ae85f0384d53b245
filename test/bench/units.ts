import { ingest } from "../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../lib/ingest/lifecycle-event.ts";
import { cursorOf } from "../../lib/store/cursor.ts";
import { sessionKey } from "../../lib/store/hash-order.ts";
import { connectedPersistent, disconnected, subscribed } from "../support/events.ts";
import { inHashOrder } from "../support/seed.ts";
import { clientidOf, filtersOf, groupSize, seedFleet } from "../support/seed-fleet.ts";
import { TestApi } from "../support/test-api.ts";
import { meter, type Units } from "./capacity.ts";
import { table } from "./table.ts";

/** Sessions; each has two subscriptions. */
const populations = [1_000, 100_000];

/** What is called, in the order of the table. */
type Calls = Record<string, (api: TestApi, population: number) => Promise<unknown>>;

const get = (path: string | ((population: number) => string)) => async (api: TestApi, population: number) => {
  const { status } = await api.call("GET", typeof path === "string" ? path : path(population));
  if (status !== 200) throw new Error(`GET ${path} was answered with ${status}`);
};

const calls: Calls = {
  "GET one client": get(`/clients/${clientidOf(1)}`),
  "GET /clients, page 1": get("/clients?limit=100"),
  "GET /clients, last page": get((all) => `/clients?limit=100&page=${all / 100}`),
  "GET /clients, to count all": get("/clients?limit=1"),
  "GET /clients of a user": get("/clients?username=user-1"),
  "GET /clients_v2, page 1": get("/clients_v2?limit=100"),
  "GET /clients_v2, cursor before the last 100": get(
    (all) => `/clients_v2?limit=100&cursor=${deepCursor(all)}`,
  ),
  "GET /subscriptions, page 1": get("/subscriptions?limit=100"),
  "GET /subscriptions, last page": get((all) => `/subscriptions?limit=100&page=${all / 50}`),
  "GET /subscriptions?clientid=": get(`/subscriptions?clientid=${clientidOf(1)}`),
  "GET /subscriptions?topic=, 100 subscribers": get(`/subscriptions?topic=${filtersOf(0)[1]}`),
  "GET /subscriptions?match_topic=fleet/1/#, 200 match": get("/subscriptions?match_topic=fleet/1/%23"),
  "GET /subscriptions?match_topic=fleet/+/all": get("/subscriptions?match_topic=fleet/%2B/all"),
  "GET /subscriptions?match_topic=+/1/#": get("/subscriptions?match_topic=%2B/1/%23"),
  "GET /subscriptions?match_topic=none/#": get("/subscriptions?match_topic=none/%23"),
  "GET /subscriptions?match_topic=fleet/+/none": get("/subscriptions?match_topic=fleet/%2B/none"),
  "GET /topics, page 1": get("/topics?limit=100"),
  "GET /topics, last page": get(
    (all) => `/topics?limit=100&page=${Math.ceil((all + all / groupSize) / 100)}`,
  ),
  "GET /topics/{topic}": get(`/topics/${encodeURIComponent(filtersOf(0)[1] ?? "")}`),
  "POST publish": (api) => api.call("POST", "/publish", { body: { topic: "t", payload: "x" } }),
  "DELETE a client": (api) => api.call("DELETE", `/clients/${clientidOf(2)}`),
  "connect event, counts included": (api) => settle(api, connectedPersistent("fresh")),
  "disconnect event": (api) => settle(api, disconnected("fresh")),
  "subscribe event, 1 filter": (api) => settle(api, subscribed(clientidOf(3), ["t/#"])),
};

/** DynamoDB capacity units per call, key check included, side by side at two populations. */
export async function units(): Promise<string> {
  const columns: Map<string, Units>[] = [];
  for (const population of populations) columns.push(await measure(population));
  const rows = Object.keys(calls).map((name) => [
    name,
    ...columns.map((column) => (column.get(name)?.read ?? 0).toFixed(1)),
    ...columns.map((column) => (column.get(name)?.write ?? 0).toFixed(1)),
  ]);
  const sessions = populations.map((population) => population.toLocaleString("en"));
  const head = ["call", ...sessions.map((it) => `read, ${it}`), ...sessions.map((it) => `write, ${it}`)];
  return `## DynamoDB units per call, at ${sessions.join(" and ")} sessions\n\n${table(head, rows)}`;
}

async function measure(population: number): Promise<Map<string, Units>> {
  const api = await TestApi.start();
  await seedFleet(api.local.database, population);
  const spent = meter(api.local.client);
  const column = new Map<string, Units>();
  for (const [name, call] of Object.entries(calls)) {
    spent();
    await call(api, population);
    column.set(name, spent());
    await api.registry.idle();
  }
  await api.close();
  return column;
}

function deepCursor(population: number): string {
  const order = inHashOrder(Array.from({ length: population }, (_, n) => clientidOf(n)));
  return cursorOf(sessionKey(order.at(-101) ?? "").sk);
}

async function settle(api: TestApi, event: LifecycleEvent): Promise<void> {
  await ingest(api.registry, event);
  await api.registry.idle();
}
