import { setTimeout } from "node:timers/promises";
import type { IClientOptions } from "mqtt";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { EmbeddedApi, startIotCoreApi } from "../../support/embedded-api.ts";
import { testNode } from "../../support/test-api.ts";

let started: EmbeddedApi;

beforeAll(async () => {
  started = await EmbeddedApi.start();
});

beforeEach(async () => {
  await started.kickEveryone();
  await configure(defaults);
  await started.api.call("DELETE", "/slow_subscriptions");
});

afterAll(() => started.close());

const defaults = {
  enable: false,
  threshold: "500ms",
  expire_interval: "300s",
  top_k_num: 10,
  stats_type: "whole",
};

const settingsPath = "/slow_subscriptions/settings";
const configure = (body: unknown) => started.api.call("PUT", settingsPath, { body });
const settings = async () => (await started.api.call("GET", settingsPath)).json;
const noted = async () => (await started.api.call("GET", "/slow_subscriptions")).json.data;

/** A client that takes its time before it acknowledges a message. */
async function slowClient(id: string, delay: number, options: IClientOptions = {}) {
  const client = await started.setup.connect(id, options);
  client.mqtt.handleMessage = (_, done) => void setTimeout(delay).then(() => done());
  return client;
}

const publish = (topic: string, qos = 1, given: object = {}) =>
  started.api.call("POST", "/publish", { body: { topic, payload: "x", qos, ...given } });

describe("the settings", () => {
  test("are EMQX's defaults at first", async () => {
    const api = await startIotCoreApi();
    onTestFinished(() => api.close());
    expect((await api.call("GET", settingsPath)).json).toEqual(defaults);
  });

  test("are merged with what is given", async () => {
    const changed = { ...defaults, stats_type: "internal" };
    expect(await configure({ ...(await settings()), stats_type: "internal" })).toMatchObject({
      status: 200,
      json: changed,
    });
    expect((await configure({ threshold: "1h30m", enable: "true" })).json).toEqual({
      ...changed,
      threshold: "1h30m",
      enable: true,
    });
    expect(await settings()).toEqual({ ...changed, threshold: "1h30m", enable: true });
  });

  test.each([
    ["a duration that is none", { threshold: "abc" }, "slow_subs.threshold"],
    ["a negative duration", { expire_interval: "-1s" }, "slow_subs.expire_interval"],
    ["a table without places", { top_k_num: 0 }, "slow_subs.top_k_num"],
    ["an unknown kind", { stats_type: "none" }, "slow_subs.stats_type"],
    ["an unknown field", { more: 1 }, "slow_subs"],
    ["a list", [], "slow_subs"],
    ["a number", 1, "slow_subs"],
  ])("refuse %s", async (_, body, path) => {
    const { status, json } = await configure(body);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    const [, failure = ""] = /^Update slow subs config failed (.*)$/.exec(json.message) ?? [];
    expect(JSON.parse(failure)).toMatchObject({ kind: "validation_error", path });
    expect(await settings()).toEqual(defaults);
  });
});

describe.each([4, 5] as const)("a subscriber of protocol version %s", (protocolVersion) => {
  test.each([1, 2] as const)("is noted that acknowledges QoS %s late", async (qos) => {
    await configure({ enable: true, threshold: "50ms" });
    const { mqtt } = await slowClient("slow", 100, { protocolVersion });
    await mqtt.subscribeAsync("t/+", { qos });
    const before = Date.now();
    await publish("t/1", qos);
    await vi.waitFor(async () => expect(await noted()).toHaveLength(1));
    const [record] = await noted();
    expect(record).toEqual({
      clientid: "slow",
      topic: "t/1",
      node: testNode,
      timespan: expect.any(Number),
      last_update_time: expect.any(Number),
    });
    expect(record.timespan).toBeGreaterThanOrEqual(99);
    expect(record.last_update_time).toBeGreaterThanOrEqual(before + record.timespan - 1);
  });

  test("is noted for its own time only, if that is asked for", async () => {
    await configure({ enable: true, threshold: "50ms", stats_type: "response" });
    const { mqtt } = await slowClient("slow", 100, { protocolVersion });
    await mqtt.subscribeAsync("t", { qos: 1 });
    await publish("t");
    await vi.waitFor(async () => expect(await noted()).toMatchObject([{ clientid: "slow", topic: "t" }]));
  });

  test("is noted for the time that a message waited for it", async () => {
    await configure({ enable: true, threshold: "50ms", stats_type: "internal" });
    const options = { clean: false, protocolVersion, properties: { sessionExpiryInterval: 60 } };
    const away = await started.setup.connect("away", options);
    await away.mqtt.subscribeAsync("t", { qos: 1 });
    await started.setup.disconnect(away);
    await publish("t");
    await setTimeout(100);
    await started.setup.connect("away", options);
    await vi.waitFor(async () => expect(await noted()).toMatchObject([{ clientid: "away", topic: "t" }]));
  });
});

test("who is quick, and what is sent without acknowledgement, is not noted", async () => {
  await configure({ enable: true, threshold: "5s" });
  const { mqtt, received } = await started.setup.connect("quick");
  await mqtt.subscribeAsync("t", { qos: 1 });
  await publish("t");
  await publish("t", 0);
  await vi.waitFor(() => expect(received).toHaveLength(2));
  expect(await noted()).toEqual([]);
});

test("a retained message that is older than the session is not noted", async () => {
  await configure({ enable: true, threshold: "20ms" });
  await publish("kept", 1, { retain: true });
  await setTimeout(50);
  const { mqtt, received } = await started.setup.connect("new");
  await mqtt.subscribeAsync("kept", { qos: 1 });
  await vi.waitFor(() => expect(received).toHaveLength(1));
  await mqtt.subscribeAsync("other");
  expect(await noted()).toEqual([]);
  await publish("kept", 1, { retain: true, payload: "" });
});

test("nobody is noted while it is switched off", async () => {
  await configure({ threshold: "0ms" });
  const { mqtt, received } = await slowClient("slow", 20);
  await mqtt.subscribeAsync("t", { qos: 1 });
  await publish("t");
  await vi.waitFor(() => expect(received).toHaveLength(1));
  await setTimeout(50);
  expect(await noted()).toEqual([]);
});

test("the table is emptied", async () => {
  await configure({ enable: true, threshold: "10ms" });
  const { mqtt } = await slowClient("slow", 30);
  await mqtt.subscribeAsync("t", { qos: 1 });
  await publish("t");
  await vi.waitFor(async () => expect(await noted()).toHaveLength(1));
  expect((await started.api.call("DELETE", "/slow_subscriptions")).status).toBe(204);
  expect(await noted()).toEqual([]);
});

test("a message that is sent again after a connection broke is measured from its arrival", async () => {
  await configure({ enable: true, threshold: "50ms" });
  const options = { clean: false, properties: { sessionExpiryInterval: 60 } };
  const broken = await slowClient("p", 60_000, options);
  await broken.mqtt.subscribeAsync("t", { qos: 1 });
  await publish("t");
  await vi.waitFor(() => expect(broken.received).toHaveLength(1));
  await setTimeout(100);
  await started.setup.disconnect(broken);
  await started.setup.connect("p", options);
  await vi.waitFor(async () => expect(await noted()).toMatchObject([{ clientid: "p", topic: "t" }]));
});

test("all are listed, of equal times the last by name first; page and limit do not matter", async () => {
  await configure({ enable: true, threshold: "1ms", stats_type: "internal" });
  const facts = { msgid: "", publish_at: 0, from_clientid: "" };
  for (let n = 1; n <= 5; n += 1) {
    const delivery = { topic: "t", facts, delivered_at: 1_000 };
    started.setup.broker.slowSubscriptions.completes(delivery, { clientid: `test_${n}` });
  }
  const { json } = await started.api.call("GET", "/slow_subscriptions?page=1&limit=1");
  expect(Object.keys(json)).toEqual(["data"]);
  const names = json.data.map(({ clientid }: { clientid: string }) => clientid);
  expect(names).toEqual(["test_5", "test_4", "test_3", "test_2", "test_1"]);
});

test("AWS IoT Core notes nobody, and takes no settings but the present ones", async () => {
  const api = await startIotCoreApi();
  onTestFinished(() => api.close());
  expect((await api.call("GET", "/slow_subscriptions")).json).toEqual({ data: [] });
  expect((await api.call("DELETE", "/slow_subscriptions")).status).toBe(204);
  expect(await api.call("PUT", settingsPath, { body: defaults })).toMatchObject({
    status: 200,
    json: defaults,
  });
  const message = expect.stringContaining("AWS IoT Core");
  expect(await api.call("PUT", settingsPath, { body: { enable: true } })).toMatchObject({
    status: 400,
    json: { code: "BAD_REQUEST", message },
  });
});
