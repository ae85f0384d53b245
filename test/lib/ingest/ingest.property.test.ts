import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import { recountDirectory } from "../../../lib/store/directory-feed.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";
import { historyOf, type Outcome, stepsOfClients } from "../../support/histories.ts";

const start = Date.now() - 60_000;

let local: LocalDatabase;
let registry: LocalRegistry;
let runs = 0;

beforeAll(async () => {
  local = await openLocalDatabase();
  registry = await LocalRegistry.open(local, () => {});
});

afterAll(() => local.close());

/** Where each event comes in the order of delivery, and where it comes again. */
const places = fc.array(fc.record({ first: fc.nat(99), again: fc.option(fc.nat(99)) }), {
  minLength: 80,
  maxLength: 80,
});
/** How many events are brought in side by side. */
const concurrency = fc.integer({ min: 1, max: 4 });

type Places = typeof places extends fc.Arbitrary<infer Value> ? Value : never;

function inDelivery(events: readonly LifecycleEvent[], places: Places): LifecycleEvent[] {
  const deliveries = events.flatMap((event, n) => {
    const { first = n, again = null } = places[n] ?? {};
    return [first, ...(again === null ? [] : [again])].map((place) => ({ event, place }));
  });
  return deliveries.sort((a, b) => a.place - b.place).map(({ event }) => event);
}

async function deliver(events: readonly LifecycleEvent[], concurrency: number): Promise<void> {
  for (let n = 0; n < events.length; n += concurrency) {
    await Promise.all(events.slice(n, n + concurrency).map((event) => ingest(registry, event)));
  }
  await registry.idle();
}

async function shown(clientid: string): Promise<Outcome | undefined> {
  const session = await registry.sessions.get(clientid);
  if (!session) return undefined;
  const { created_at, connected_at, disconnected_at, connected, ip_address = "" } = session;
  const identifier = (await registry.sessions.state(clientid))?.connect?.session_identifier ?? "";
  const subscriptions = await registry.subscriptions.ofSessions(clientid, [identifier]);
  expect(session.subscriptions_cnt).toBe(subscriptions.length);
  return {
    ...{ created_at, connected_at, connected, ip_address },
    ...(disconnected_at !== undefined && { disconnected_at }),
    subscriptions: subscriptions.map(({ topic, qos }) => ({ topic, qos })),
  };
}

test("events that come twice, late and in any order give what their history amounts to", async () => {
  await fc.assert(
    fc.asyncProperty(stepsOfClients, places, concurrency, async (clients, places, concurrency) => {
      runs += 1;
      const histories = clients.map((steps, n) => {
        const clientid = `run ${runs}, client ${n}`;
        return { clientid, ...historyOf(clientid, steps, start) };
      });
      const events = histories.flatMap(({ events }) => events);
      await deliver(inDelivery(events, places), concurrency);
      for (const { clientid, outcome } of histories) {
        expect(await shown(clientid)).toEqual(outcome);
        const held = await heldSubscriptions(local.database, clientid);
        expect(held.map(({ topic }) => topic).sort()).toEqual(
          (outcome?.subscriptions ?? []).map(({ topic }) => topic).sort(),
        );
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);

test("the counts of all that was delivered are those of a recount", async () => {
  const counted = await registry.sessions.totals();
  await recountDirectory(registry.sessions);
  expect(counted).toEqual(await registry.sessions.totals());
});
