import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { handler } from "../../../functions/repair/handler.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import { repairClient } from "../../../lib/ingest/repair.ts";
import { standingOf } from "../../../lib/records/session-state.ts";
import { captureLog } from "../../support/captured-log.ts";
import { connected, connectedPersistent, disconnected } from "../../support/events.ts";
import { WorkerDeps } from "../../support/worker-deps.ts";

let deps: WorkerDeps;

beforeAll(async () => {
  deps = await WorkerDeps.open();
});
beforeEach(() => deps.broker.sessions.clear());
afterAll(() => deps.close());

const live = { connected: true, clean_start: true, expiry_interval: 0, keepalive: 60, connected_at: 1_000 };
const repair = (clientid: string) => repairClient(deps, deps.broker, clientid);

test("a client that was connected before anybody listened appears, with its subscriptions", async () => {
  deps.broker.sessions.set("early", live);
  deps.broker.subscribed.set("early", [{ topic: "t/#", qos: 1 }]);
  deps.things.push("early");
  await handler.with(deps)({});
  expect(await deps.sessions.get("early")).toMatchObject({
    connected: true,
    subscriptions_cnt: 1,
    keepalive: 60,
  });
});

test("a client whose disconnect never came disappears, or stays as a session that is kept", async () => {
  await ingest(deps, connected("vanished"));
  expect(await repair("vanished")).toBe("ended");
  expect(await deps.sessions.get("vanished")).toBeUndefined();
  await ingest(deps, connectedPersistent("away"));
  deps.broker.sessions.set("away", { ...live, connected: false, clean_start: false, expiry_interval: 7_200 });
  expect(await repair("away")).toBe("disconnected");
  expect(await deps.sessions.get("away")).toMatchObject({ connected: false });
});

test("who is shown as it is stays as it is", async () => {
  await ingest(deps, connected("right"));
  deps.broker.sessions.set("right", live);
  const before = await deps.sessions.state("right");
  expect(await repair("right")).toBe("right");
  expect(await deps.sessions.state("right")).toEqual(before);
  expect(await repair("never heard of")).toBe("right");
});

test("whether a session is kept is learnt later, if it was not known at the connect", async () => {
  const { session: _, ...event } = connected("bare");
  await ingest(deps, event);
  deps.broker.sessions.set("bare", { ...live, clean_start: false, expiry_interval: 3_600 });
  expect(await repair("bare")).toBe("completed");
  expect(await deps.sessions.get("bare")).toMatchObject({ expiry_interval: 3_600, clean_start: false });
});

test("a real disconnect that comes after all ends what was made up", async () => {
  deps.broker.sessions.set("late", { ...live, connected_at: Date.now() - 1_000 });
  expect(await repair("late")).toBe("connected");
  await ingest(deps, disconnected("late", { versionNumber: 0 }));
  expect(await deps.sessions.get("late")).toBeUndefined();
});

test("who is banned and still connected is disconnected, also if its connect never came", async () => {
  deps.broker.sessions.set("unheard", { ...live, ip_address: "203.0.113.7" });
  deps.things.splice(0, Infinity, "unheard", "welcome");
  deps.broker.sessions.set("welcome", { ...live, ip_address: "198.51.100.7" });
  await deps.bans.add({ as: "peerhost_net", who: "203.0.113.0/24", by: "", reason: "", at: 0 });
  await handler.with(deps)({});
  expect(deps.broker.kicked).toEqual(["unheard"]);
  expect(await deps.sessions.get("unheard")).toBeUndefined();
  expect(await deps.sessions.get("welcome")).toMatchObject({ connected: true, ip_address: "198.51.100.7" });
});
test("a session that has expired is ended without waiting for its deletion, so that its subscriptions go", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await ingest(deps, connectedPersistent("expired", { session: { expiry_interval: 60 } }));
  await ingest(deps, disconnected("expired"));
  const standing = async () => standingOf((await deps.sessions.state("expired")) ?? never()).standing;
  const everyShard = async () => {
    // Each run looks at the next shard; the first one may come before the session expires.
    for (let n = 0; n <= 16; n += 1) {
      await handler.with(deps)({});
      vi.setSystemTime(Date.now() + 5 * 60_000);
    }
  };
  deps.broker.sessions.set("expired", { ...live, connected: false, expiry_interval: 60 });
  await handler.with(deps)({});
  expect(await standing()).toBe("disconnected");
  await everyShard();
  expect(await standing()).toBe("gone");
  vi.useRealTimers();
});

test("a client about which the broker fails holds up no other", async () => {
  deps.things.splice(0, Infinity, "bad", "good");
  deps.broker.sessions.set("good", live);
  const session = (clientid: string) =>
    clientid === "bad" ? Promise.reject(new Error("no such path")) : deps.broker.session(clientid);
  const broker = Object.assign(Object.create(deps.broker) as typeof deps.broker, { session });
  const log = captureLog();
  await handler.with({ ...deps, bans: deps.bans, fleet: deps.fleet, broker })({});
  expect(await deps.sessions.get("good")).toMatchObject({ connected: true });
  expect(log.entries()).toContainEqual(
    expect.objectContaining({ message: "a client was not repaired", clientid: "bad" }),
  );
});

test("a run ends when its time is over, although nothing is wrong", async () => {
  let asked = 0;
  const connectedClients = async function* () {
    for (; ; asked += 1) yield "welcome";
  };
  const now = vi.spyOn(Date, "now");
  let time = Date.now();
  now.mockImplementation(() => (time += 100));
  await handler.with({ ...deps, bans: deps.bans, broker: deps.broker, fleet: { connectedClients } })({});
  now.mockRestore();
  expect(asked).toBeLessThan(200_000);
});

function never(): never {
  throw new Error("there is no session");
}
