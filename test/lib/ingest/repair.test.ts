import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import { repairClient } from "../../../lib/ingest/repair.ts";
import { shownSessions } from "../../../lib/records/session-state.ts";
import { connected, disconnected, subscribed, unsubscribed } from "../../support/events.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";
import { TestBroker } from "../../support/test-broker.ts";

const start = Date.now() - 60_000;
const hour = 3_600_000;
const at = (offset: number) => ({ timestamp: start + offset });
const mark = (versionNumber: number, offset: number) => ({ versionNumber, ...at(offset) });

let local: LocalDatabase;
let registry: LocalRegistry;

beforeAll(async () => {
  local = await openLocalDatabase();
  registry = await LocalRegistry.open(local, () => {});
});
afterAll(() => local.close());

async function tell(...events: LifecycleEvent[]): Promise<void> {
  for (const event of events) await ingest(registry, event);
  await registry.idle();
}

/** Finds a client that is connected and subscribed to `found`, and whose events did not come. */
async function repair(clientid: string): Promise<void> {
  const broker = new TestBroker();
  const facts = { connected: true, clean_start: true, expiry_interval: 0, keepalive: 60 };
  broker.sessions.set(clientid, { ...facts, connected_at: start });
  broker.subscribed.set(clientid, [{ topic: "found", qos: 1 }]);
  expect(await repairClient(registry, broker, clientid)).toBe("connected");
  await registry.idle();
}

async function listed(clientid: string): Promise<string[]> {
  const state = await registry.sessions.state(clientid);
  const found = state ? await registry.subscriptions.ofSessions(clientid, shownSessions(state)) : [];
  expect((await registry.sessions.get(clientid))?.subscriptions_cnt ?? 0).toBe(found.length);
  return found.map(({ topic }) => topic).sort();
}

const held = async (clientid: string) =>
  (await heldSubscriptions(local.database, clientid)).map(({ topic }) => topic).sort();

test("what a client subscribes to after its repair is shown with what the repair found", async () => {
  await repair("after");
  await tell(subscribed("after", ["more"], { timestamp: Date.now() + 10 }));
  expect(await listed("after")).toEqual(["found", "more"]);
  await tell(unsubscribed("after", ["found"], { timestamp: Date.now() + 20 }));
  expect(await listed("after")).toEqual(["more"]);
});

test("a client that leaves after its repair leaves no subscriptions behind, not even late ones", async () => {
  await repair("leaves");
  await tell(
    subscribed("leaves", ["left/+"], at(10)),
    disconnected("leaves", mark(3, 30)),
    subscribed("leaves", ["late"], at(20)),
  );
  expect(await registry.sessions.get("leaves")).toBeUndefined();
  expect(await held("leaves")).toEqual([]);
  expect(await registry.subscriptions.anyMatch("left/1")).toBe(false);
});

test.each([
  ["of a client that nobody knew", []],
  ["of a client that was known", [connected("", mark(6, -20_000)), disconnected("", mark(6, -10_000))]],
  [
    "of a client whose versions start again, because it was away",
    [connected("", mark(6, -3 * hour)), disconnected("", mark(6, -2 * hour))],
  ],
])("the real connect %s takes the place of the one that was made up", async (clientid, before) => {
  await tell(...before.map((event) => ({ ...event, clientId: clientid })));
  await repair(clientid);
  const versionNumber = before.length > 0 && clientid.includes("was known") ? 7 : 0;
  await tell(
    subscribed(clientid, ["more"], { ...at(10), sessionIdentifier: "real" }),
    connected(clientid, { ...mark(versionNumber, 0), sessionIdentifier: "real", ipAddress: "10.0.0.9" }),
  );
  expect(await registry.sessions.get(clientid)).toMatchObject({ ip_address: "10.0.0.9", port: 50_000 });
  expect(await listed(clientid)).toEqual(["found", "more"]);
  await tell(disconnected(clientid, { ...mark(versionNumber, 100), sessionIdentifier: "real" }));
  expect(await held(clientid)).toEqual([]);
});

test("a later connect than the one that was made up begins without its subscriptions", async () => {
  await repair("again");
  await tell(connected("again", { ...mark(1, 20_000), sessionIdentifier: "next" }));
  expect(await listed("again")).toEqual([]);
  expect(await held("again")).toEqual([]);
});
