import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { type SubscriptionEvent, Subscriptions } from "../../../lib/store/subscriptions.ts";
import { epoch } from "../../support/events.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";

let local: LocalDatabase;
let subscriptions: Subscriptions;

beforeAll(async () => {
  local = await openLocalDatabase();
  subscriptions = new Subscriptions(local.database);
});

afterAll(() => local.close());

/** An event of the filter `t` at a number of milliseconds, in the session `s`. */
const event = (clientid: string, at: number, given: Partial<SubscriptionEvent> = {}): SubscriptionEvent => ({
  clientid,
  topic: "t",
  session_identifier: "s",
  state: { qos: 1 },
  ...given,
  at: epoch + at,
  place: 0,
});

async function record(...events: SubscriptionEvent[]): Promise<void> {
  for (const event of events) await subscriptions.record(event);
}

const topicsOf = async (clientid: string, session = "s") =>
  (await subscriptions.ofSessions(clientid, [session])).map(({ topic }) => topic);

test("subscriptions are listed in the order in which they were made, with their QoS", async () => {
  await record(
    event("order", 2, { topic: "a", state: { qos: 0 } }),
    event("order", 1, { topic: "b/#", state: { qos: 2 } }),
    event("order", 3, { topic: "+", state: { qos: 1 } }),
  );
  const options = { clientid: "order", nl: 0, rap: 0, rh: 0 };
  expect(await subscriptions.ofSessions("order", ["s"])).toEqual([
    { ...options, topic: "b/#", qos: 2 },
    { ...options, topic: "a", qos: 0 },
    { ...options, topic: "+", qos: 1 },
  ]);
});

test("a filter that is subscribed again has the newer QoS", async () => {
  await record(event("again", 1, { state: { qos: 0 } }), event("again", 2, { state: { qos: 2 } }));
  expect(await subscriptions.ofSessions("again", ["s"])).toMatchObject([{ topic: "t", qos: 2 }]);
});

test.each([
  ["in order", [1, 2]],
  ["in the wrong order", [2, 1]],
  ["twice", [1, 2, 1, 2, 1]],
])("a subscribe and an unsubscribe that come %s leave no subscription", async (name, times) => {
  await record(...times.map((at) => event(name, at, { state: at === 1 ? { qos: 1 } : "ended" })));
  expect(await subscriptions.ofSessions(name, ["s"])).toEqual([]);
});

test("a subscribe that follows an unsubscribe is kept, whichever comes first", async () => {
  await record(event("back", 3), event("back", 2, { state: "ended" }));
  expect(await topicsOf("back")).toEqual(["t"]);
});

test("a session does not show subscriptions of another session of the client", async () => {
  await record(event("two", 1, { topic: "old" }), event("two", 2, { session_identifier: "s2" }));
  expect(await topicsOf("two")).toEqual(["old"]);
  expect(await topicsOf("two", "s2")).toEqual(["t"]);
});

test("a late event of an older session does not touch the filter's newer subscription", async () => {
  await record(
    event("late", 5, { session_identifier: "s2" }),
    event("late", 1),
    event("late", 2, { state: "ended" }),
  );
  expect(await topicsOf("late", "s2")).toEqual(["t"]);
});

test("the end of a session removes its subscriptions, and those of no other session or client", async () => {
  await record(
    event("end", 1, { topic: "a" }),
    event("end", 2, { topic: "b", state: "ended" }),
    event("end", 3, { topic: "c", session_identifier: "s2" }),
    event("end/", 1),
  );
  await subscriptions.endSession("end", "s");
  expect(await heldSubscriptions(local.database, "end")).toMatchObject([{ topic: "c" }]);
  expect(await topicsOf("end/")).toEqual(["t"]);
});

test("clients and filters that do not fit a key are kept apart and come back whole", async () => {
  const clients = ["x".repeat(65_535), `${"x".repeat(65_534)}y`, "a", "a\0b", "😀"];
  const topics = ["f".repeat(65_535), "t\0u", "t", "t/😀"];
  const events = clients.flatMap((client) => topics.map((topic, at) => event(client, at, { topic })));
  await Promise.all(events.map((event) => subscriptions.record(event)));
  for (const client of clients) expect(await topicsOf(client)).toEqual(topics);
});

test("more subscriptions than one answer of the database holds are all listed", async () => {
  const topics = Array.from({ length: 40 }, (_, n) => `${n}/${"f".repeat(40_000)}`);
  await Promise.all(topics.map((topic, at) => subscriptions.record(event("many", at, { topic }))));
  expect(await topicsOf("many")).toEqual(topics);
});
