import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import type { BrokerSession } from "../../../lib/broker/broker.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import { repairClient } from "../../../lib/ingest/repair.ts";
import { shownSessions } from "../../../lib/records/session-state.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";
import { type History, historyOf, stepsOfClient } from "../../support/histories.ts";
import { TestBroker } from "../../support/test-broker.ts";

/** A made-up connect is told from others by its time, so steps are further apart than its version counts. */
const pace = 10_000;

let local: LocalDatabase;
let registry: LocalRegistry;
let runs = 0;

beforeAll(async () => {
  local = await openLocalDatabase();
  registry = await LocalRegistry.open(local, () => {});
});
beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());
afterAll(() => local.close());

/** What the broker has of a client after a part of its history. */
function brokerAfter(clientid: string, { events, outcome }: History): TestBroker {
  const broker = new TestBroker();
  if (!outcome) return broker;
  const facts = events.findLast((event) => event.eventType === "connected")?.session;
  const { connected, connected_at, disconnected_at, ip_address, subscriptions } = outcome;
  broker.sessions.set(clientid, {
    ...({ clean_start: true, keepalive: 60, ...facts } as BrokerSession),
    ...{ connected, connected_at, ip_address },
    ...(disconnected_at !== undefined && { disconnected_at }),
  });
  broker.subscribed.set(
    clientid,
    subscriptions.map(({ topic, qos }) => ({ topic, qos: qos as 0 | 1 | 2 })),
  );
  return broker;
}

async function shown(clientid: string) {
  const session = await registry.sessions.get(clientid);
  const state = await registry.sessions.state(clientid);
  if (!session || !state) return undefined;
  const subscriptions = await registry.subscriptions.ofSessions(clientid, shownSessions(state));
  expect(session.subscriptions_cnt).toBe(subscriptions.length);
  const { connected, connected_at, disconnected_at, ip_address } = session;
  return { connected, connected_at, disconnected_at, ip_address, topics: topicsOf(subscriptions) };
}

const topicsOf = (rows: readonly { topic: string }[]) => rows.map(({ topic }) => topic).toSorted();

/** Whether and when each event is known before the repair, and when it comes after it, perhaps again. */
const fates = fc.array(
  fc.record({ before: fc.option(fc.nat(99)), after: fc.nat(99), again: fc.option(fc.nat(99)) }),
  { minLength: 40, maxLength: 40 },
);
type Fate = typeof fates extends fc.Arbitrary<(infer One)[]> ? One : never;

function inOrder(history: History, fates: readonly Fate[], placesOf: (fate: Fate) => (number | null)[]) {
  return history.events
    .flatMap((event, n) =>
      placesOf(fates[n] as Fate).flatMap((place) => (place === null ? [] : [{ event, place }])),
    )
    .toSorted((a, b) => a.place - b.place)
    .map(({ event }) => event);
}

test("whenever a client is repaired, it ends up as what all its events amount to", async () => {
  const cut = fc.nat(12);
  await fc.assert(
    fc.asyncProperty(stepsOfClient, cut, fates, async (steps, cut, fates) => {
      const start = Date.UTC(2026, 0, 1);
      const clientid = `run ${++runs}`;
      const past = historyOf(clientid, steps.slice(0, cut), start, pace);
      const all = historyOf(clientid, steps, start, pace);
      vi.setSystemTime(start + past.events.length * pace);
      for (const event of inOrder(past, fates, ({ before }) => [before])) await ingest(registry, event);
      const broker = brokerAfter(clientid, past);
      await repairClient(registry, broker, clientid);
      await registry.idle();
      const connected = past.outcome?.connected === true;
      if (connected) expect(await registry.sessions.get(clientid)).toMatchObject({ connected });
      vi.setSystemTime(start + all.events.length * pace);
      for (const event of inOrder(all, fates, ({ after, again }) => [after, again]))
        await ingest(registry, event);
      await registry.idle();
      const { created_at: _, subscriptions = [], ...outcome } = all.outcome ?? {};
      expect(await shown(clientid)).toEqual(all.outcome && { ...outcome, topics: topicsOf(subscriptions) });
      expect(topicsOf(await heldSubscriptions(local.database, clientid))).toEqual(topicsOf(subscriptions));
    }),
    { numRuns: 200 },
  );
}, 60_000);
