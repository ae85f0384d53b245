import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { captureLog } from "../../support/captured-log.ts";
import {
  connected,
  connectedPersistent,
  disconnected,
  subscribed,
  unsubscribed,
} from "../../support/events.ts";
import { TestApi, testNode } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});

afterAll(() => api.close());

async function tell(...events: Parameters<TestApi["registry"]["push"]>[0][]): Promise<void> {
  for (const event of events) api.registry.push(event);
  await api.registry.idle();
}

const pathOf = (clientid: string) => `/clients/${encodeURIComponent(clientid)}`;
const get = (clientid: string) => api.call("GET", pathOf(clientid));
const remove = (clientid: string) => api.call("DELETE", pathOf(clientid));
const notFound = {
  code: "CLIENTID_NOT_FOUND",
  message: "Client ID not found",
  reason: "Client ID not found",
};
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/;

/** Ids that need care in a path, a query or a key. */
const oddIds = [
  "a/b",
  "a%2Fb",
  "a+b",
  "a b",
  "a=b&c=d?e#f",
  "测试😀",
  "100%",
  "..",
  "$SYS",
  '"<>"',
  "x".repeat(1_000),
];

describe("GET /clients/{clientid}", () => {
  test("shows all that is known of a connected client", async () => {
    const session = {
      username: "u1",
      proto_ver: 5,
      keepalive: 30,
      expiry_interval: 120,
      listener: "ws:default",
    };
    await tell(connected("full", { session, ipAddress: "10.0.0.9" }), subscribed("full", ["a", "b"]));
    const { status, json } = await get("full");
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{ clientid: "full", username: "u1", node: testNode, connected: true, proto_ver: 5, keepalive: 30 },
      ...{ ip_address: "10.0.0.9", port: 50_000, listener: "ws:default", expiry_interval: 120 },
      ...{ is_persistent: true, is_expired: false, durable: false, client_attrs: {}, mountpoint: null },
      ...{ subscriptions_cnt: 2, subscriptions_max: "infinity", inflight_max: 32, mqueue_max: 1_000 },
    });
    expect(json.connected_at).toMatch(rfc3339);
    expect(json.created_at).toMatch(rfc3339);
    expect(json).not.toHaveProperty("disconnected_at");
  });

  test("shows null for what a client has not, and no field that is internal", async () => {
    await tell(connected("bare"));
    const { json } = await get("bare");
    expect(json).toMatchObject({ username: null, is_persistent: false, expiry_interval: 0 });
    for (const name of ["pk", "sk", "revision", "connect", "session_identifier", "standing"]) {
      expect(json).not.toHaveProperty(name);
    }
  });

  test("shows a session that is kept while its client is away, and since when", async () => {
    await tell(connectedPersistent("away"), disconnected("away"));
    const { json } = await get("away");
    expect(json).toMatchObject({ connected: false, is_persistent: true });
    expect(json.disconnected_at).toMatch(rfc3339);
  });

  test("does not know who never came, who left, or whose session has expired", async () => {
    const past = Date.now() - 60_000;
    const session = { clean_start: false, expiry_interval: 30 };
    await tell(
      connected("left"),
      disconnected("left"),
      connected("expired", { session, timestamp: past - 1 }),
      disconnected("expired", { timestamp: past }),
    );
    for (const clientid of ["never", "left", "expired"]) {
      const { status, json } = await get(clientid);
      expect([status, json]).toEqual([404, notFound]);
    }
  });
});

describe("DELETE /clients/{clientid}", () => {
  test("disconnects the client at the broker and forgets its session at once", async () => {
    await tell(connected("on"), subscribed("on", ["t"]));
    api.broker.known.add("on");
    const { status, text } = await remove("on");
    expect([status, text]).toEqual([204, ""]);
    expect(api.broker.kicked).toContain("on");
    expect((await get("on")).status).toBe(404);
    expect((await remove("on")).json).toEqual(notFound);
  });

  test.each([
    ["that is known to the registry only", true, false, 204],
    ["that is known to the broker only", false, true, 204],
    ["that nobody knows", false, false, 404],
  ])("of a client %s", async (clientid, registered, known, expected) => {
    if (registered) await tell(connectedPersistent(clientid), disconnected(clientid));
    if (known) api.broker.known.add(clientid);
    expect((await remove(clientid)).status).toBe(expected);
    expect(api.broker.kicked).toContain(clientid);
    expect((await get(clientid)).status).toBe(404);
  });

  test("discards subscriptions and leaves the count right", async () => {
    const { count } = (await api.call("GET", "/clients")).json.meta;
    await tell(connectedPersistent("counted"), subscribed("counted", ["t"]));
    expect((await remove("counted")).status).toBe(204);
    await api.registry.idle();
    expect((await api.call("GET", "/clients")).json.meta.count).toBe(count);
    expect((await api.call("GET", `${pathOf("counted")}/subscriptions`)).json).toEqual(notFound);
  });

  test("does not bring the session back when the broker's event follows, and lets the client return", async () => {
    await tell(connectedPersistent("again"));
    await remove("again");
    await tell(disconnected("again"));
    expect((await get("again")).status).toBe(404);
    await tell(connectedPersistent("again", { versionNumber: 2, sessionIdentifier: "new" }));
    expect((await get("again")).json).toMatchObject({ connected: true, subscriptions_cnt: 0 });
  });

  test("leaves everything as it is when the broker fails", async () => {
    captureLog();
    await tell(connected("stays"));
    vi.spyOn(api.broker, "kick").mockRejectedValueOnce(new Error("The broker is broken"));
    expect((await remove("stays")).json.code).toBe("INTERNAL_ERROR");
    expect((await get("stays")).status).toBe(200);
  });
});

describe("GET /clients/{clientid}/subscriptions", () => {
  const subscriptions = (clientid: string) => api.call("GET", `${pathOf(clientid)}/subscriptions`);

  test("lists what a client subscribes to, in the order in which it did", async () => {
    await tell(
      connected("reader"),
      subscribed("reader", ["b/#", "$share/g/a"], { options: [{ qos: 2 }, { qos: 0 }] }),
      subscribed("reader", ["+/c", "gone"], { options: [{ qos: 1 }, { qos: 1 }], timestamp: Date.now() + 1 }),
      unsubscribed("reader", ["gone"], { timestamp: Date.now() + 2 }),
    );
    const { status, json } = await subscriptions("reader");
    const common = { clientid: "reader", node: testNode, nl: 0, rap: 0, rh: 0, durable: false };
    expect(status).toBe(200);
    expect(json).toEqual([
      { ...common, topic: "b/#", qos: 2 },
      { ...common, topic: "$share/g/a", qos: 0 },
      { ...common, topic: "+/c", qos: 1 },
    ]);
  });

  test("lists none for a client without any, and keeps them while a client is away", async () => {
    await tell(
      connected("silent"),
      connectedPersistent("kept"),
      subscribed("kept", ["t"]),
      disconnected("kept"),
    );
    expect(await subscriptions("silent")).toMatchObject({ status: 200, json: [] });
    expect((await subscriptions("kept")).json).toMatchObject([{ topic: "t" }]);
  });

  test("does not know a client that is not there", async () => {
    const { status, json } = await subscriptions("stranger");
    expect([status, json]).toEqual([404, notFound]);
  });
});

test.each(oddIds.map((id) => [id.slice(0, 20), id]))(
  "the id %j is the same in path, query, list and answer",
  async (_, clientid) => {
    await tell(connected(clientid), subscribed(clientid, ["t"]));
    const found = await api.call("GET", `/clients?fields=clientid&clientid=${encodeURIComponent(clientid)}`);
    expect(found.json.data).toEqual([{ clientid }]);
    // A segment that decodes to dots is resolved, so that this client cannot be addressed, as in EMQX.
    if (clientid === "..") return;
    expect((await get(clientid)).json.clientid).toBe(clientid);
    expect((await api.call("GET", `${pathOf(clientid)}/subscriptions`)).json).toMatchObject([
      { clientid, topic: "t" },
    ]);
    expect((await remove(clientid)).status).toBe(204);
    expect(api.broker.kicked.at(-1)).toBe(clientid);
  },
);
