import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type EmbeddedClient, EmbeddedSetup } from "../../support/embedded-setup.ts";
import { messageTo } from "../../support/messages.ts";
import { type TestAnswer, TestApi, testNode } from "../../support/test-api.ts";

/** The statements that EMQX's own suites make about clients, with real clients of the embedded broker. */
let setup: EmbeddedSetup;
let api: TestApi;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
  api = await TestApi.start({ broker: setup.broker });
});

afterEach(async () => {
  await api.close();
  await setup.close();
});

/** Sends a request once the registry knows all that has happened at the broker. */
async function call(method: string, path: string, body?: unknown): Promise<TestAnswer> {
  for (const event of setup.events.splice(0)) api.registry.push(event);
  await api.registry.idle();
  return api.call(method, path, { body });
}

const client = async (clientid: string) => (await call("GET", `/clients/${clientid}`)).json;
const subscriptions = async (clientid: string) =>
  (await call("GET", `/clients/${clientid}/subscriptions`)).json;
const topicsOf = ({ received }: EmbeddedClient) => received.map(({ topic }) => topic).sort();

test("two connected clients are two rows of the first page", async () => {
  await setup.connect("c1");
  await setup.connect("c2", { protocolVersion: 5 });
  const { json } = await call("GET", "/clients");
  expect(json.meta).toEqual({ page: 1, limit: 100, count: 2, hasnext: false });
  expect((await call("GET", "/clients?proto_ver=5&fields=clientid")).json.data).toEqual([{ clientid: "c2" }]);
});

test("a client of MQTT 5 is shown with user name and session expiry", async () => {
  const properties = { sessionExpiryInterval: 120 };
  await setup.connect("c1", { protocolVersion: 5, username: "u1", password: "p", properties });
  expect(await client("c1")).toMatchObject({
    ...{ clientid: "c1", username: "u1", proto_ver: 5, expiry_interval: 120, is_persistent: true },
    ...{ connected: true, is_expired: false, durable: false, mountpoint: null },
  });
});

test("a client without property has a session that ends with its connection", async () => {
  await setup.connect("c1", { protocolVersion: 5, clean: false });
  expect(await client("c1")).toMatchObject({ expiry_interval: 0, is_persistent: false });
});

test("a client that gives no id is listed by the one that it is given", async () => {
  await setup.connect("", { protocolVersion: 5 });
  const { data } = (await call("GET", "/clients?fields=clientid")).json;
  expect(data).toEqual([{ clientid: expect.stringMatching(/.{10}/) }]);
});

test("a session whose client is away shows what its DISCONNECT said, and how much waits for it", async () => {
  const persistent = { protocolVersion: 5, clean: false, properties: { sessionExpiryInterval: 60 } } as const;
  const { mqtt, closed } = await setup.connect("c1", persistent);
  await mqtt.subscribeAsync("t", { qos: 1 });
  expect(await client("c1")).not.toHaveProperty("disconn_props");
  await mqtt.endAsync(false, { properties: { userProperties: { why: "lunch" } } });
  await closed;
  for (let n = 0; n < 3; n += 1) await setup.broker.publish(messageTo("t"));
  const away = { connected: false, mqueue_len: 3, mqueue_max: 1_000 };
  await vi.waitFor(async () =>
    expect(await client("c1")).toMatchObject({
      ...away,
      disconn_props: { "User-Property": { why: "lunch" } },
    }),
  );
  expect((await call("GET", "/clients")).json.data).toMatchObject([away]);
  await setup.connect("c1", persistent);
  expect(await client("c1")).not.toHaveProperty("disconn_props");
});

test("a client that is kicked out loses its connection and is not known from then on", async () => {
  const { closed } = await setup.connect("c1", { protocolVersion: 5 });
  expect((await call("DELETE", "/clients/c1")).status).toBe(204);
  await closed;
  expect((await call("GET", "/clients/c1")).status).toBe(404);
});

test("three clients are kicked out at once", async () => {
  const clients = await Promise.all(["c1", "c2", "c3"].map((id) => setup.connect(id)));
  expect((await call("POST", "/clients/kickout/bulk", ["c1", "c2", "c3", "nobody"])).status).toBe(204);
  await Promise.all(clients.map(({ closed }) => closed));
  expect((await call("GET", "/clients")).json.meta.count).toBe(0);
});

test("a subscription that is made for a client is listed, and gone when it is ended", async () => {
  await setup.connect("c1", { protocolVersion: 5 });
  const options = { topic: "topic_1", qos: 0, nl: 1, rh: 1 };
  const { status, json } = await call("POST", "/clients/c1/subscribe", options);
  expect([status, json]).toEqual([200, { clientid: "c1", node: testNode, rap: 0, ...options }]);
  expect(await subscriptions("c1")).toEqual([
    { clientid: "c1", node: testNode, rap: 0, durable: false, ...options },
  ]);
  expect(await client("c1")).toMatchObject({ subscriptions_cnt: 1 });
  expect((await call("POST", "/clients/c1/unsubscribe", { topic: "topic_1" })).status).toBe(204);
  expect(await subscriptions("c1")).toEqual([]);
});

test("a session whose client is away is subscribed and unsubscribed too", async () => {
  await setup.disconnect(await setup.connectPersistent("c1"));
  expect((await call("POST", "/clients/c1/subscribe", { topic: "a", qos: 1 })).status).toBe(200);
  expect((await call("POST", "/clients/c1/subscribe/bulk", [{ topic: "b", qos: 1 }])).status).toBe(200);
  expect(await subscriptions("c1")).toMatchObject([{ topic: "a" }, { topic: "b" }]);
  expect((await call("POST", "/clients/c1/unsubscribe/bulk", [{ topic: "a" }])).status).toBe(204);
  expect(await subscriptions("c1")).toMatchObject([{ topic: "b" }]);
  await setup.broker.publish(messageTo("b", { qos: 1 }));
  const returned = await setup.connectPersistent("c1");
  await vi.waitFor(() => expect(topicsOf(returned)).toEqual(["b"]));
});

describe.each(["", "/bulk"])("with …/subscribe%s and …/unsubscribe%s", (bulk) => {
  const bodyOf = (topic: string) => (bulk ? [{ topic }] : { topic });

  test("messages arrive between the one and the other, and no subscription remains", async () => {
    const reader = await setup.connect("c1");
    for (const topic of ["$share/group/testtopic", "t/#"]) {
      expect((await call("POST", `/clients/c1/subscribe${bulk}`, bodyOf(topic))).status).toBe(200);
    }
    expect((await subscriptions("c1")).map(({ topic }: { topic: string }) => topic)).toEqual([
      "$share/group/testtopic",
      "t/#",
    ]);
    await setup.broker.publish(messageTo("t/1"));
    await vi.waitFor(() => expect(topicsOf(reader)).toContain("t/1"));
    for (const topic of ["$share/group/testtopic", "t/#"]) {
      expect((await call("POST", `/clients/c1/unsubscribe${bulk}`, bodyOf(topic))).status).toBe(204);
    }
    const before = reader.received.length;
    for (const topic of ["testtopic", "t/1"]) await setup.broker.publish(messageTo(topic));
    await reader.mqtt.subscribeAsync("end");
    await setup.broker.publish(messageTo("end"));
    await vi.waitFor(() => expect(topicsOf(reader)).toContain("end"));
    expect(reader.received).toHaveLength(before + 1);
    expect((await subscriptions("c1")).map(({ topic }: { topic: string }) => topic)).toEqual(["end"]);
  });
});

test("the keepalive that is set holds for the connection and is shown, 0 included", async () => {
  const { mqtt } = await setup.connect("c1");
  for (const interval of [11, 0]) {
    const { status, json } = await call("PUT", "/clients/c1/keepalive", { interval });
    expect([status, json.keepalive]).toEqual([200, interval]);
    await mqtt.subscribeAsync("t");
    expect(await client("c1")).toMatchObject({ keepalive: interval, subscriptions_cnt: 1 });
    expect(await setup.broker.session("c1")).toMatchObject({ keepalive: interval });
  }
});

test("what a client sends and receives is shown, in its list as well, and its last figures while it is away", async () => {
  const reader = await setup.connectPersistent("c1");
  await setup.connect("c2");
  await reader.mqtt.subscribeAsync("t", { qos: 1 });
  await reader.mqtt.publishAsync("t", "hello", { qos: 1 });
  await vi.waitFor(async () =>
    expect(await client("c1")).toMatchObject({
      recv_pkt: 4,
      "recv_msg.qos1": 1,
      "send_msg.qos1": 1,
      send_pkt: 4,
    }),
  );
  const shown = await client("c1");
  const { data } = (await call("GET", "/clients?limit=10")).json;
  expect(data.find(({ clientid }: { clientid: string }) => clientid === "c1")).toEqual(shown);
  expect(data.find(({ clientid }: { clientid: string }) => clientid === "c2")).toMatchObject({ recv_pkt: 1 });
  const row = (await call("GET", "/clients?clientid=c1&fields=recv_msg.qos1,send_oct")).json.data;
  expect(row).toEqual([{ "recv_msg.qos1": 1, send_oct: shown.send_oct }]);
  await setup.disconnect(reader);
  expect(await client("c1")).toMatchObject({ connected: false, recv_pkt: 5, "recv_msg.qos1": 1 });
});

test("a client of MQTT 5 may change the expiry of its session when it leaves, or end it", async () => {
  const lasting = { protocolVersion: 5, properties: { sessionExpiryInterval: 100 } } as const;
  const leave = async (sessionExpiryInterval: number) => {
    const { mqtt } = await setup.connect("c1", lasting);
    await mqtt.endAsync(false, { properties: { sessionExpiryInterval } });
    await vi.waitUntil(() => setup.of("disconnected", "c1").length > 0);
  };
  await leave(30);
  expect(await client("c1")).toMatchObject({ connected: false, expiry_interval: 30, is_persistent: true });
  await leave(0);
  expect((await call("GET", "/clients/c1")).status).toBe(404);
});

test("there are as many sessions as clients with one", async () => {
  await setup.connect("c1", { protocolVersion: 5 });
  const since = Math.floor(Date.now() / 1_000) - 1;
  expect((await call("GET", `/sessions_count?since=${since}`)).text).toBe("1");
});

test.each([
  ["GET", ""],
  ["DELETE", ""],
  ["GET", "/subscriptions"],
  ["GET", "/authorization/cache"],
  ["DELETE", "/authorization/cache"],
  ["POST", "/subscribe", { topic: "t" }],
  ["POST", "/subscribe/bulk", [{ topic: "t" }]],
  ["POST", "/unsubscribe", { topic: "t" }],
  ["POST", "/unsubscribe/bulk", [{ topic: "t" }]],
  ["PUT", "/keepalive", { interval: 11 }],
])(
  "%s of a client that is not there, below it %j, is answered alike",
  async (method, path, body?: unknown) => {
    const { status, json } = await call(method, `/clients/nobody${path}`, body);
    const text = "Client ID not found";
    expect([status, json]).toEqual([404, { code: "CLIENTID_NOT_FOUND", message: text, reason: text }]);
  },
);
