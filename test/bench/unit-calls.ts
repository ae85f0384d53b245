import { ingest } from "../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../lib/ingest/lifecycle-event.ts";
import { cursorOf } from "../../lib/store/cursor.ts";
import type { OrderedKind } from "../../lib/store/hash-order.ts";
import { sessionKey } from "../../lib/store/hash-order.ts";
import { connectedPersistent, disconnected, subscribed, unsubscribed } from "../support/events.ts";
import { inHashOrder } from "../support/seed.ts";
import { clientidOf, filtersOf, groupSize } from "../support/seed-fleet.ts";
import type { TestApi } from "../support/test-api.ts";

/** A call whose units are measured. */
export interface UnitCall {
  /** `population` is the number of sessions; each has two subscriptions. */
  run: (api: TestApi, population: number) => Promise<unknown>;
  /** Items that the answer is made of: their bytes are the least that must be read. */
  shows?: Partial<Record<OrderedKind, number>>;
  /** Items of at most a kilobyte that must be written, counts aside; a call of the API writes one in the audit log too. */
  writes?: number;
  /** No request: there is no key to check. */
  event?: boolean;
}

const get = (
  path: string | ((population: number) => string),
  shows: Partial<Record<OrderedKind, number>> = {},
): UnitCall => ({
  shows,
  run: async (api, population) => {
    const { status } = await api.call("GET", typeof path === "string" ? path : path(population));
    if (status !== 200) throw new Error(`GET ${path} was answered with ${status}`);
  },
});

const event = (of: () => LifecycleEvent, writes: number): UnitCall => ({
  event: true,
  writes,
  run: async ({ registry }) => {
    await ingest(registry, of());
    await registry.idle();
  },
});

const kicked = Array.from({ length: 10 }, (_, n) => clientidOf(10 + n));

/** The session, two subscriptions with their two entries in the order of filters, and a filter that nobody else has. */
const leastToEnd = 6;

/** What the registry is asked and told, in the order of the table. */
export const unitCalls: Record<string, UnitCall> = {
  "GET one client": get(`/clients/${clientidOf(1)}`, { session: 1 }),
  "GET /clients, page 1": get("/clients?limit=100", { session: 100 }),
  "GET /clients, last page": get((all) => `/clients?limit=100&page=${all / 100}`, { session: 100 }),
  "GET /clients?limit=1, to count all": get("/clients?limit=1", { session: 1 }),
  "GET /sessions_count": get("/sessions_count"),
  "GET /clients of a user": get("/clients?username=user-1", { session: 1 }),
  "GET /clients, ten by name": get(`/clients?${kicked.map((it) => `clientid=${it}`).join("&")}`, {
    session: 10,
  }),
  "GET /clients_v2, first page": get("/clients_v2?limit=100", { session: 100 }),
  "GET /clients_v2, cursor before the last 100": get(
    (all) => `/clients_v2?limit=100&cursor=${deepCursor(all)}`,
    { session: 100 },
  ),
  "GET /clients?like_clientid=, of one": get(`/clients?like_clientid=${clientidOf(1)}`),
  "GET /clients/{clientid}/subscriptions": get(`/clients/${clientidOf(1)}/subscriptions`, {
    ...{ session: 1, subscription: 2 },
  }),
  "GET /subscriptions, page 1": get("/subscriptions?limit=100", { subscription: 100 }),
  "GET /subscriptions, last page": get((all) => `/subscriptions?limit=100&page=${all / 50}`, {
    subscription: 100,
  }),
  "GET /subscriptions?clientid=": get(`/subscriptions?clientid=${clientidOf(1)}`, { subscription: 2 }),
  "GET /subscriptions?topic=, 100 subscribers": get(`/subscriptions?topic=${filtersOf(0)[1]}`, {
    subscription: 100,
  }),
  "GET /subscriptions?match_topic=fleet/1/#, 200 match": get("/subscriptions?match_topic=fleet/1/%23", {
    subscription: 100,
  }),
  "GET /subscriptions?match_topic=fleet/+/all": get("/subscriptions?match_topic=fleet/%2B/all", {
    subscription: 100,
  }),
  "GET /subscriptions?match_topic=+/1/#": get("/subscriptions?match_topic=%2B/1/%23", { subscription: 100 }),
  "GET /subscriptions?match_topic=none/#": get("/subscriptions?match_topic=none/%23"),
  "GET /subscriptions?match_topic=fleet/+/none": get("/subscriptions?match_topic=fleet/%2B/none"),
  "GET /topics, page 1": get("/topics?limit=100", { route: 100 }),
  "GET /topics, last page": get(
    (all) => `/topics?limit=100&page=${Math.floor((all + all / groupSize) / 100)}`,
    { route: 100 },
  ),
  "GET /topics/{topic}": get(`/topics/${encodeURIComponent(filtersOf(0)[1] ?? "")}`, { route: 1 }),
  "POST publish": {
    run: (api) => api.call("POST", "/publish", { body: { topic: "t", payload: "x" } }),
  },
  "DELETE a client": {
    ...{ shows: { session: 1 }, writes: leastToEnd + 1 },
    run: (api) => api.call("DELETE", `/clients/${clientidOf(2)}`),
  },
  "POST /clients/kickout/bulk, of ten": {
    ...{ shows: { session: 10 }, writes: 10 * leastToEnd + 1 },
    run: (api) => api.call("POST", "/clients/kickout/bulk", { body: kicked }),
  },
  "connect event, counts included": event(() => connectedPersistent("fresh"), 1),
  "disconnect event": event(() => disconnected("fresh"), 1),
  "subscribe event, 1 filter": event(() => subscribed(clientidOf(3), ["t/#"]), 4),
  "unsubscribe event": event(() => unsubscribed(clientidOf(3), ["t/#"]), 4),
};

function deepCursor(population: number): string {
  const order = inHashOrder(Array.from({ length: population }, (_, n) => clientidOf(n)));
  return cursorOf(sessionKey(order.at(-101) ?? "").sk);
}
