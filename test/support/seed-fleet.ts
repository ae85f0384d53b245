import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Subscription } from "../../lib/records/session.ts";
import type { SessionState } from "../../lib/records/session-state.ts";
import type { Database, Key } from "../../lib/store/database.ts";
import { recountDirectory } from "../../lib/store/directory-feed.ts";
import { filterEntryKey } from "../../lib/store/filter-order.ts";
import { type OrderedKind, routeKey, subscriptionKey } from "../../lib/store/hash-order.ts";
import type { Counted, Listed } from "../../lib/store/listing.ts";
import { toItem } from "../../lib/store/session-item.ts";
import { Sessions } from "../../lib/store/sessions.ts";
import { withoutDefaults } from "../../lib/store/subscription-item.ts";
import { Subscriptions } from "../../lib/store/subscriptions.ts";
import { sessionState } from "./seed.ts";

/** DynamoDB's limit for one BatchWriteItem, and how many of them are under way at once. */
const batchWriteLimit = 25;
const parallel = 16;

/** Clients of a fleet come in groups of this size; all of a group share one filter, and each has one of its own. */
export const groupSize = 100;

/** The client of a number, and what it subscribes to. */
export const clientidOf = (n: number) => `device-${String(n).padStart(7, "0")}`;
export const filtersOf = (n: number) => {
  const group = `fleet/${Math.floor(n / groupSize)}`;
  return [`${group}/${clientidOf(n)}/cmd`, `${group}/all`];
};

/**
 * Writes a fleet of clients with two subscriptions each into an empty registry, with all indexes and counts, as if
 * their events had been brought in one by one.
 */
export async function seedFleet(database: Database, count: number, given: Partial<SessionState> = {}) {
  const counts: Record<OrderedKind, Counting[]> = { session: [], subscription: [], route: [] };
  const known = new Set<string>();
  const items: Key[] = [];
  const add = (kind: OrderedKind, item: Listed) => {
    counts[kind].push({ order: item.sk.slice(0, 16), standing: item.standing });
    items.push(item);
  };
  const flush = () => writeAll(database, items.splice(0));
  for (let n = 0; n < count; n += 1) {
    const topics = filtersOf(n);
    const facts = { username: `user-${n}`, ip_address: "203.0.113.7", port: 49_152, expiry_interval: 7_200 };
    const state = sessionState(clientidOf(n), { ...facts, subscriptions_cnt: topics.length, ...given });
    add("session", toItem(state, 1));
    for (const [place, topic] of topics.entries()) {
      const subscription: Subscription = { clientid: state.clientid, topic, qos: 1, nl: 0, rap: 0, rh: 0 };
      const facts = { clientid: state.clientid, topic, ...withoutDefaults(subscription) };
      const session_identifier = state.connect?.session_identifier;
      const at = state.created_at;
      add("subscription", {
        ...subscriptionKey(state.clientid, topic),
        ...facts,
        session_identifier,
        at,
        place,
      } as Listed);
      items.push({ ...filterEntryKey(state.clientid, topic), ...facts } as Listed);
      if (!known.has(topic)) add("route", { ...routeKey(topic), topic } as Listed);
      known.add(topic);
    }
    if (items.length > batchWriteLimit * parallel) await flush();
  }
  await flush();
  const sessions = new Sessions(database);
  const subscriptions = new Subscriptions(database);
  // All filters have the shapes of the first client's.
  for (const topic of filtersOf(0))
    await subscriptions.topics.enter({ clientid: clientidOf(0), topic, qos: 1 });
  for (const listing of [sessions, subscriptions, subscriptions.topics.routes]) {
    await recountDirectory(counted(listing, counts[listing.kind]));
  }
}

interface Counting {
  order: string;
  standing: Listed["standing"];
}

/** A listing that is counted from what was written, which is faster than to read it. */
function counted({ kind, directory }: Counted, written: readonly Counting[]): Counted {
  const byPrefix = Map.groupBy(written, ({ order }) => order.slice(0, 2));
  return {
    kind,
    directory,
    async *standings(prefix = "") {
      yield* prefix === "" ? written : (byPrefix.get(prefix) ?? []);
    },
  };
}

async function writeAll({ client, registry }: Database, items: readonly Key[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / batchWriteLimit) }, (_, n) =>
    items.slice(n * batchWriteLimit, (n + 1) * batchWriteLimit),
  );
  await Promise.all(
    batches.map((batch) => {
      const requests = batch.map((Item) => ({ PutRequest: { Item } }));
      return client.send(new BatchWriteCommand({ RequestItems: { [registry]: requests } }));
    }),
  );
}
