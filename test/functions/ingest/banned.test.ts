import type { SQSEvent } from "aws-lambda";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { handler } from "../../../functions/ingest/handler.ts";
import { IotCoreBroker } from "../../../lib/broker/iot-core/broker.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import type { Ban } from "../../../lib/records/ban.ts";
import { connected, subscribed } from "../../support/events.ts";
import { PlayedDataPlane } from "../../support/iot-data-plane.ts";
import { WorkerDeps } from "../../support/worker-deps.ts";

let deps: WorkerDeps;
let plane: PlayedDataPlane;

beforeAll(async () => {
  deps = await WorkerDeps.open();
  plane = await PlayedDataPlane.start();
});

afterEach(() => deps.bans.clear());
afterAll(async () => {
  plane.close();
  await deps.close();
});

/** A client of IoT Core with a session that is kept. */
function join(clientid: string): void {
  const nothing = { subscriptions: new Map(), received: [], will: undefined };
  plane.clients.set(clientid, { connected: true, clean: false, ...nothing });
}

function run(event: LifecycleEvent, given: Partial<WorkerDeps> = {}) {
  const broker = new IotCoreBroker(plane.client);
  const batch = { Records: [{ messageId: "message", body: JSON.stringify(event) }] } as SQSEvent;
  const { sessions, subscriptions, deadLetters, bans } = deps;
  return handler.with({ sessions, subscriptions, deadLetters, bans, broker, ...given })(batch);
}

const add = (as: Ban["as"], who: string) => deps.bans.add({ as, who, by: "", reason: "", at: 0 });
const disconnections = () => plane.requests.filter(({ method }) => method === "DELETE").length;

test.each([
  ["clientid", "by clientid"],
  ["username", "ada"],
  ["peerhost", "203.0.113.7"],
  ["clientid_re", "^by "],
  ["username_re", "^a"],
  ["peerhost_net", "203.0.113.0/24"],
] as const)(
  "a client that is banned by its %s is disconnected as soon as its connect is known",
  async (as, who) => {
    const clientid = `by ${as}`;
    await add(as, who);
    join(clientid);
    const event = connected(clientid, {
      ipAddress: "203.0.113.7",
      session: { username: "ada", clean_start: false, expiry_interval: 3_600 },
    });
    expect(await run(event)).toEqual({ batchItemFailures: [] });
    expect(plane.clients.has(clientid)).toBe(false);
    expect(await deps.sessions.get(clientid)).toBeUndefined();
  },
);

test("who is not banned stays, and only a connect is checked", async () => {
  join("stays");
  await add("clientid", "other");
  await run(connected("stays"));
  await add("clientid", "stays");
  await run(subscribed("stays", ["t"], { options: [{ qos: 0 }] }));
  expect(plane.clients.get("stays")?.connected).toBe(true);
});

test("a connect whose check fails is brought in, comes again, and is checked then", async () => {
  await add("clientid", "unlucky");
  join("unlucky");
  const event = connected("unlucky");
  const bans = Object.assign(Object.create(deps.bans) as typeof deps.bans, {
    isBanned: () => Promise.reject(new Error("no table")),
  });
  expect(await run(event, { bans })).toEqual({ batchItemFailures: [{ itemIdentifier: "message" }] });
  expect(await deps.sessions.get("unlucky")).toMatchObject({ connected: true });
  expect(await run(event)).toEqual({ batchItemFailures: [] });
  expect(plane.clients.has("unlucky")).toBe(false);
});

test("a disconnection that IoT Core refuses is tried again with the event", async () => {
  await add("clientid", "throttled");
  join("throttled");
  const before = disconnections();
  const slowDown = { status: 429, error: "ThrottlingException" };
  plane.next.push(slowDown, slowDown, slowDown);
  expect((await run(connected("throttled"))).batchItemFailures).toHaveLength(1);
  expect((await run(connected("throttled"))).batchItemFailures).toEqual([]);
  expect(disconnections() - before).toBe(4);
  expect(plane.clients.has("throttled")).toBe(false);
});

test("a banned client that has gone already is no failure", async () => {
  await add("clientid", "gone");
  expect(await run(connected("gone"))).toEqual({ batchItemFailures: [] });
});
