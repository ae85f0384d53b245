import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import type { ItemChange } from "../../../lib/store/directory-feed.ts";
import {
  connected,
  connectedPersistent,
  disconnected,
  subscribed,
  unsubscribed,
} from "../../support/events.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";
import { leftState, seedSessions } from "../../support/seed.ts";

let local: LocalDatabase;
let opened: LocalRegistry[];

beforeEach(async () => {
  local = await openLocalDatabase();
  opened = [];
});

afterEach(async () => {
  for (const registry of opened) await registry.idle();
  await local.close();
});

async function open(onChange: (change: ItemChange) => void = () => {}): Promise<LocalRegistry> {
  const registry = await LocalRegistry.open(local, onChange);
  opened.push(registry);
  return registry;
}

test("events of one client are taken in in their order, and idle waits for all of them", async () => {
  const registry = await open();
  const at = Date.now();
  const topics = Array.from({ length: 20 }, (_, n) => `t/${n}`);
  registry.push(connected("a", { timestamp: at }));
  for (const [n, topic] of topics.entries()) registry.push(subscribed("a", [topic], { timestamp: at + n }));
  for (const [n, topic] of topics.slice(1).entries())
    registry.push(unsubscribed("a", [topic], { timestamp: at + 20 + n }));
  await registry.idle();
  expect(await registry.sessions.get("a")).toMatchObject({ connected: true, subscriptions_cnt: 1 });
  expect(await heldSubscriptions(local.database, "a")).toMatchObject([{ topic: "t/0" }]);
});

test("idle waits for what follows from events too: counts and topic filters", async () => {
  const registry = await open();
  registry.push(connected("a"));
  registry.push(connectedPersistent("b"));
  registry.push(subscribed("b", ["t/+"]));
  await registry.idle();
  expect(await registry.sessions.totals()).toEqual({ all: 2, connected: 2 });
  expect(await registry.subscriptions.anyMatch("t/1")).toBe(true);
  registry.push(disconnected("a"));
  registry.push(disconnected("b"));
  await registry.idle();
  expect(await registry.sessions.totals()).toEqual({ all: 1, connected: 0 });
});

test("idle resolves at once when nothing has happened", async () => {
  await (await open()).idle();
});

test("whoever was connected at the end of the last run is disconnected at the start of the next", async () => {
  const last = await open();
  last.push(connected("clean"));
  last.push(connectedPersistent("kept"));
  last.push(connectedPersistent("left"));
  last.push(disconnected("left"));
  await last.idle();
  const left = await last.sessions.get("left");

  const next = await open();
  await next.idle();
  expect(await next.sessions.get("clean")).toBeUndefined();
  expect(await next.sessions.get("kept")).toMatchObject({ connected: false });
  expect(await next.sessions.get("left")).toEqual(left);
  expect(await next.sessions.totals()).toEqual({ all: 2, connected: 0 });
});

test("a client whose clock was ahead is disconnected all the same", async () => {
  const last = await open();
  last.push(connectedPersistent("ahead", { timestamp: Date.now() + 60_000 }));
  await last.idle();
  const next = await open();
  expect(await next.sessions.get("ahead")).toMatchObject({ connected: false });
});

test("counts that went wrong are right again after the start", async () => {
  const kept = { clean_start: false, expiry_interval: 7_200, keepalive: 60, port: 1 };
  const states = ["a", "b", "c"].map((clientid) => leftState(clientid, kept));
  await seedSessions(local.database, states);
  const registry = await open();
  expect(await registry.sessions.totals()).toEqual({ all: 3, connected: 0 });
});

test("each change of an item is told on", async () => {
  const changes: ItemChange[] = [];
  const registry = await open((change) => changes.push(change));
  registry.push(connected("a"));
  await registry.idle();
  expect(changes.some(({ before, after }) => !before && after?.clientid === "a")).toBe(true);
});
