import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import { endSession } from "../../../lib/ingest/end-session.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import { connectedPersistent, disconnected, subscribed } from "../../support/events.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";

let local: LocalDatabase;
let registry: LocalRegistry;

beforeAll(async () => {
  local = await openLocalDatabase();
  registry = await LocalRegistry.open(local, () => {});
});

afterAll(() => local.close());

const before = (milliseconds: number) => ({ timestamp: Date.now() - milliseconds });

async function tell(...events: LifecycleEvent[]): Promise<void> {
  for (const event of events) await ingest(registry, event);
  await registry.idle();
}

async function begin(clientid: string) {
  await tell(connectedPersistent(clientid, before(50)), subscribed(clientid, ["t"], before(40)));
  const state = await registry.sessions.state(clientid);
  if (!state) throw new Error("the client is connected");
  return state;
}

test("a session that is ended is gone at once, with its subscriptions", async () => {
  await endSession(registry.sessions, await begin("ended"));
  await registry.idle();
  expect(await registry.sessions.get("ended")).toBeUndefined();
  expect(await heldSubscriptions(local.database, "ended")).toEqual([]);
});

test("the broker's event that follows does not bring the session back", async () => {
  await endSession(registry.sessions, await begin("followed"));
  await tell(disconnected("followed"));
  expect(await registry.sessions.get("followed")).toBeUndefined();
});

test("a session whose disconnect is known already can be ended", async () => {
  const state = await begin("offline");
  await tell(disconnected("offline"));
  await endSession(registry.sessions, state);
  expect(await registry.sessions.get("offline")).toBeUndefined();
});

test("a connection that began after the state was read is left alone", async () => {
  const state = await begin("again");
  await tell(connectedPersistent("again", { versionNumber: 2 }));
  await endSession(registry.sessions, state);
  expect(await registry.sessions.get("again")).toMatchObject({ connected: true });
});

test("a client that connects again after its session was ended has a new one", async () => {
  await endSession(registry.sessions, await begin("returned"));
  await tell(connectedPersistent("returned", { versionNumber: 2, sessionIdentifier: "new" }));
  expect(await registry.sessions.get("returned")).toMatchObject({ connected: true, subscriptions_cnt: 0 });
});
