import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { Expiry } from "../../../infra/local/expiry.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import { captureLog } from "../../support/captured-log.ts";
import {
  connected,
  connectedPersistent,
  disconnected,
  subscribed,
  unsubscribed,
} from "../../support/events.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";

let local: LocalDatabase;
let registry: LocalRegistry;
let expiry: Expiry;
/** Clients whose session was deleted. */
let deleted: string[];

beforeEach(async () => {
  local = await openLocalDatabase();
  expiry = new Expiry(local.database);
  deleted = [];
  registry = await LocalRegistry.open(local, (change) => {
    expiry.watch(change);
    if (change.pk.startsWith("session#") && !change.after) deleted.push(change.before?.clientid ?? "");
  });
});

afterEach(async () => {
  expiry.close();
  await local.close();
});

/** When the session of a client that leaves at the start of the test expires, in seconds. */
const left = Date.now();
const expires = Math.floor(left / 1000) + 7_200;

async function tell(...events: LifecycleEvent[]): Promise<void> {
  for (const event of events) registry.push(event);
  await registry.idle();
}

const leave = (clientid: string) =>
  tell(
    connectedPersistent(clientid, { timestamp: left - 2 }),
    subscribed(clientid, ["t"], { timestamp: left - 1 }),
    disconnected(clientid, { timestamp: left }),
  );

async function sweep(now: number): Promise<void> {
  await expiry.sweep(now);
  await registry.idle();
}

const all = async () => (await registry.sessions.totals()).all;

test("a session that has expired disappears with its subscriptions, and the count follows", async () => {
  await leave("away");
  await tell(connected("on"));
  expect(await all()).toBe(2);
  await sweep(expires);
  expect(deleted).toEqual(["away"]);
  expect(await registry.sessions.state("away")).toBeUndefined();
  expect(await heldSubscriptions(local.database, "away")).toEqual([]);
  expect(await registry.subscriptions.anyMatch("t")).toBe(false);
  expect(await all()).toBe(1);
});

test("a session stays until the second in which it expires", async () => {
  await leave("away");
  await sweep(expires - 1);
  expect(deleted).toEqual([]);
  expect(await all()).toBe(1);
  expect(await heldSubscriptions(local.database, "away")).toHaveLength(1);
});

test("a session whose client came back does not expire", async () => {
  await leave("back");
  await tell(connectedPersistent("back", { versionNumber: 2, timestamp: left + 1 }));
  await sweep(expires + 1);
  expect(await registry.sessions.get("back")).toMatchObject({ connected: true, subscriptions_cnt: 1 });
});

test("a session that does not expire stays for good", async () => {
  await tell(
    connectedPersistent("forever", { session: { expiry_interval: 4_294_967_295 } }),
    disconnected("forever"),
  );
  await sweep(Number.MAX_SAFE_INTEGER);
  expect(await registry.sessions.get("forever")).toMatchObject({ connected: false });
});

test("what is remembered of clients and subscriptions that are gone is forgotten in the end", async () => {
  await tell(
    connected("gone"),
    subscribed("gone", ["t"]),
    unsubscribed("gone", ["t"], { timestamp: Date.now() + 1 }),
  );
  await tell(disconnected("gone"));
  expect(await registry.sessions.state("gone")).toBeDefined();
  await sweep(expires + 60);
  expect(await registry.sessions.state("gone")).toBeUndefined();
});

test("what was there before the start is learned from the table", async () => {
  await leave("before");
  const next = new Expiry(local.database);
  await next.readTable();
  await next.sweep(expires);
  next.close();
  await registry.idle();
  expect(deleted).toEqual(["before"]);
});

test("an item that changed meanwhile, unseen, is left alone", async () => {
  await leave("back");
  const blind = new Expiry(local.database);
  await blind.readTable();
  await tell(connectedPersistent("back", { versionNumber: 2, timestamp: left + 1 }));
  await blind.sweep(expires);
  blind.close();
  expect(deleted).toEqual([]);
  expect(await registry.sessions.get("back")).toMatchObject({ connected: true });
});

test("what could not be deleted is tried again", async () => {
  const log = captureLog();
  await leave("away");
  vi.spyOn(local.database.client, "send").mockImplementationOnce(() => Promise.reject(new Error("not now")));
  await sweep(expires);
  expect(log.entries()).toMatchObject([{ level: "error", error: { message: "not now" } }]);
  expect(deleted).toEqual([]);
  await sweep(expires);
  expect(deleted).toEqual(["away"]);
});
