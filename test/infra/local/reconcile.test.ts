import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { reconcile } from "../../../infra/local/reconcile.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import { EmbeddedSetup } from "../../support/embedded-setup.ts";
import { connectedPersistent, disconnected } from "../../support/events.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";

let setup: EmbeddedSetup;
let local: LocalDatabase;
let registry: LocalRegistry;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
  local = await openLocalDatabase();
  registry = await LocalRegistry.open(local, () => {});
});

afterEach(async () => {
  await setup.close();
  await local.close();
});

/** Ends the broker, brings the first so many of its events into the registry, and starts both again. */
async function crashAfter(events: number): Promise<void> {
  const known = setup.events.slice(0, events);
  setup = await setup.restart();
  for (const event of known) await ingest(registry, event);
  await registry.idle();
  registry = await LocalRegistry.open(local, () => {});
  await reconcile(registry, setup.broker, setup.identifiers);
  await registry.idle();
}

const topics = async () => (await heldSubscriptions(local.database, "c")).map(({ topic }) => topic).sort();

test.each([0, 1, 2, 3, 4])(
  "a session with its subscriptions is shown after a crash, though the registry learnt %d of its events",
  async (events) => {
    const client = await setup.connectPersistent("c");
    await client.mqtt.subscribeAsync("a", { qos: 1 });
    await client.mqtt.subscribeAsync("b", { qos: 2 });
    await client.mqtt.unsubscribeAsync("a");
    await setup.disconnect(client);
    await crashAfter(events);
    expect(await registry.sessions.get("c")).toMatchObject({ connected: false, subscriptions_cnt: 1 });
    expect(await topics()).toEqual(["b"]);
    expect((await setup.connectPersistent("c")).sessionPresent).toBe(true);
  },
);

test("a session that ended at the broker alone is not shown any more", async () => {
  await ingest(registry, connectedPersistent("c"));
  await ingest(registry, disconnected("c"));
  expect(await registry.sessions.get("c")).toBeDefined();
  await crashAfter(0);
  expect(await registry.sessions.get("c")).toBeUndefined();
});

test("a session without expiry does not outlive a crash of the broker", async () => {
  const version5 = (sessionExpiryInterval: number) =>
    ({ protocolVersion: 5, clean: false, properties: { sessionExpiryInterval } }) as const;
  await setup.disconnect(await setup.connect("c", version5(60)));
  const { mqtt, sessionPresent } = await setup.connect("c", version5(0));
  expect(sessionPresent).toBe(true);
  const identifier = (await setup.identifiers.find("c")) ?? "";
  const known = setup.events.length;
  mqtt.end(true);
  // As if it had been killed before it forgot the session.
  await setup.broker.kick("c");
  await setup.identifiers.resume("c", identifier);
  await crashAfter(known);
  expect(await registry.sessions.get("c")).toBeUndefined();
  expect(await setup.identifiers.find("c")).toBeUndefined();
});
