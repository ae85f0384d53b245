import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import {
  connected,
  connectedPersistent,
  disconnected,
  subscribed,
  unsubscribed,
} from "../../support/events.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";

const start = Date.now() - 60_000;

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

const at = (offset: number) => ({ timestamp: start + offset });
const mark = (versionNumber: number, offset: number) => ({ versionNumber, ...at(offset) });
const session = (clientid: string) => registry.sessions.get(clientid);
const held = async (clientid: string) =>
  (await heldSubscriptions(local.database, clientid)).map(({ topic }) => topic);

async function listed(clientid: string): Promise<string[]> {
  const identifier = (await registry.sessions.state(clientid))?.connect?.session_identifier ?? "";
  return (await registry.subscriptions.ofSessions(clientid, [identifier])).map(({ topic }) => topic);
}

test("a connect shows the client with its address, times and facts", async () => {
  await tell(
    connected("new", { ...at(5), ipAddress: "10.0.0.1", session: { username: "u", port: 9, keepalive: 30 } }),
  );
  expect(await session("new")).toMatchObject({
    clientid: "new",
    username: "u",
    connected: true,
    created_at: start + 5,
    connected_at: start + 5,
    ip_address: "10.0.0.1",
    port: 9,
    keepalive: 30,
    subscriptions_cnt: 0,
  });
});

test("a disconnect ends a clean session", async () => {
  await tell(connected("clean", at(1)), disconnected("clean", at(2)));
  expect(await session("clean")).toBeUndefined();
});

test("a disconnect leaves a persistent session, without a connection", async () => {
  await tell(connectedPersistent("kept", at(1)), disconnected("kept", at(2)));
  expect(await session("kept")).toMatchObject({
    connected: false,
    created_at: start + 1,
    connected_at: start + 1,
    disconnected_at: start + 2,
  });
});

test.each([
  ["what its DISCONNECT said", { disconn_props: { "Reason-String": "bye" } }, { "Reason-String": "bye" }],
  ["that it sent a DISCONNECT, where no more is told", { clientInitiatedDisconnect: true }, {}],
  ["nothing of a DISCONNECT that was not sent", { clientInitiatedDisconnect: false }, undefined],
] as const)("a session whose client left shows %s", async (shown, given, disconn_props) => {
  await tell(connectedPersistent(shown, at(0)), disconnected(shown, { ...at(1), ...given }));
  const left = await session(shown);
  expect(left).toMatchObject({ connected: false });
  expect(left?.disconn_props).toEqual(disconn_props);
});

test("a persistent session that is resumed keeps its beginning and its subscriptions", async () => {
  await tell(
    connectedPersistent("resumed", mark(1, 1)),
    subscribed("resumed", ["t"], at(2)),
    disconnected("resumed", mark(1, 3)),
    connectedPersistent("resumed", { ...mark(2, 4), ipAddress: "10.0.0.2" }),
  );
  expect(await session("resumed")).toMatchObject({
    connected: true,
    created_at: start + 1,
    connected_at: start + 4,
    ip_address: "10.0.0.2",
    subscriptions_cnt: 1,
  });
  expect(await listed("resumed")).toEqual(["t"]);
});

test.each([
  ["before the new connect", 3, 4],
  ["after the new connect", 4, 3],
])("a takeover shows the new connection when the old one's end is dated %s", async (name, end, begin) => {
  const old = { sessionIdentifier: "old" };
  await tell(
    connected(name, { ...mark(1, 1), ...old }),
    subscribed(name, ["t"], { ...at(2), ...old }),
    connected(name, { ...mark(2, begin), sessionIdentifier: "new", ipAddress: "10.0.0.2" }),
    disconnected(name, { ...mark(1, end), ...old }),
  );
  expect(await session(name)).toMatchObject({
    connected: true,
    connected_at: start + begin,
    ip_address: "10.0.0.2",
    subscriptions_cnt: 0,
  });
  expect(await held(name)).toEqual([]);
});

test("subscriptions_cnt follows subscribes and unsubscribes, and a filter counts once", async () => {
  await tell(
    connected("counted", at(1)),
    subscribed("counted", ["a", "b", "a"], { ...at(2), options: [{ qos: 0 }, { qos: 1 }, { qos: 2 }] }),
    subscribed("counted", ["b", "c"], at(3)),
    unsubscribed("counted", ["a", "unknown"], at(4)),
  );
  expect(await session("counted")).toMatchObject({ subscriptions_cnt: 2 });
  expect((await listed("counted")).sort()).toEqual(["b", "c"]);
});

test("a filter that one packet names twice has the QoS of its last place", async () => {
  await tell(
    connected("last", at(1)),
    subscribed("last", ["a", "b", "a"], { ...at(2), options: [{ qos: 0 }, { qos: 1 }, { qos: 2 }] }),
  );
  const found = await registry.subscriptions.ofSessions("last", ["session of last"]);
  expect(Object.fromEntries(found.map(({ topic, qos }) => [topic, qos]))).toEqual({ a: 2, b: 1 });
});

test("subscriptions that become known before their connect are shown with it", async () => {
  await tell(subscribed("early", ["a", "b"], at(2)), unsubscribed("early", ["a"], at(3)));
  expect(await session("early")).toBeUndefined();
  await tell(connected("early", at(1)));
  expect(await session("early")).toMatchObject({ subscriptions_cnt: 1 });
  expect(await listed("early")).toEqual(["b"]);
});

test("early subscriptions of a new session are shown when late ones of the old session come in between", async () => {
  const [old, fresh] = [{ sessionIdentifier: "old" }, { sessionIdentifier: "new" }];
  await tell(
    subscribed("mixed", ["new"], { ...at(4), ...fresh }),
    subscribed("mixed", ["old"], { ...at(2), ...old }),
    connected("mixed", { ...mark(2, 3), ...fresh }),
    connected("mixed", { ...mark(1, 1), ...old }),
  );
  expect(await listed("mixed")).toEqual(["new"]);
  expect(await session("mixed")).toMatchObject({ subscriptions_cnt: 1 });
});

test("a subscribe that comes after the end of its session leaves nothing", async () => {
  await tell(connected("late", at(1)), disconnected("late", at(3)), subscribed("late", ["t"], at(2)));
  expect(await session("late")).toBeUndefined();
  expect(await held("late")).toEqual([]);
});

test("a subscribe of an older session does not join the newer one", async () => {
  const old = { sessionIdentifier: "old" };
  await tell(
    connected("older", { ...mark(1, 1), ...old }),
    connected("older", mark(2, 3)),
    subscribed("older", ["own"], at(4)),
    subscribed("older", ["t"], { ...at(2), ...old }),
  );
  expect(await session("older")).toMatchObject({ subscriptions_cnt: 1 });
  expect(await held("older")).toEqual(["own"]);
});

test("a connect that comes last of all leaves nothing of a session that is over", async () => {
  await tell(
    subscribed("reversed", ["t"], at(2)),
    disconnected("reversed", at(3)),
    connected("reversed", at(1)),
  );
  expect(await session("reversed")).toBeUndefined();
  expect(await held("reversed")).toEqual([]);
});

test("a new session removes subscriptions of an older one whose connect is still unknown", async () => {
  await tell(
    subscribed("unknown", ["t"], { ...at(2), sessionIdentifier: "old" }),
    connected("unknown", mark(2, 3)),
    connected("unknown", { ...mark(1, 1), sessionIdentifier: "old" }),
  );
  expect(await held("unknown")).toEqual([]);
});

test("a session that ends takes its subscriptions with it", async () => {
  await tell(connected("ends", at(1)), subscribed("ends", ["a", "b"], at(2)), disconnected("ends", at(3)));
  expect(await held("ends")).toEqual([]);
});

test("a persistent session that a clean one replaces takes its subscriptions with it", async () => {
  await tell(
    connectedPersistent("replaced", mark(1, 1)),
    subscribed("replaced", ["t"], at(2)),
    disconnected("replaced", mark(1, 3)),
    connected("replaced", { ...mark(2, 4), sessionIdentifier: "new" }),
  );
  expect(await session("replaced")).toMatchObject({ created_at: start + 4, subscriptions_cnt: 0 });
  expect(await held("replaced")).toEqual([]);
});

test.each([
  ["in order", (events: LifecycleEvent[]) => events],
  ["the other way round, and twice", (events: LifecycleEvent[]) => [...events.toReversed(), ...events]],
])(
  "a client that changes the expiry of its session when it leaves is shown with it: %s",
  async (how, order) => {
    const clientid = `shortened ${how}`;
    const events = [
      connectedPersistent(clientid, mark(1, 0)),
      disconnected(clientid, { ...mark(1, 10), expiry_interval: 90 }),
    ];
    await tell(...order(events));
    expect(await session(clientid)).toMatchObject({ connected: false, expiry_interval: 90 });
    await tell(...order([connectedPersistent(clientid, mark(2, 20)), disconnected(clientid, mark(2, 30))]));
    expect(await session(clientid)).toMatchObject({ connected: false, expiry_interval: 7_200 });
  },
);

test("a client that ends its session when it leaves is gone, with its subscriptions", async () => {
  await tell(
    connectedPersistent("ends", mark(1, 0)),
    subscribed("ends", ["t"], at(1)),
    disconnected("ends", { ...mark(1, 10), expiry_interval: 0 }),
  );
  expect(await session("ends")).toBeUndefined();
  expect(await held("ends")).toEqual([]);
});
