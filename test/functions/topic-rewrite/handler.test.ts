// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are EMQX's
import { createConnection } from "node:net";
import { generate } from "mqtt-packet";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { RewriteRule } from "../../../lib/records/topic-rewrite.ts";
import { EmbeddedApi, startIotCoreApi } from "../../support/embedded-api.ts";

let started: EmbeddedApi;

beforeAll(async () => {
  started = await EmbeddedApi.start();
});

beforeEach(async () => {
  await started.kickEveryone();
  await put([]);
});

afterAll(() => started.close());

const rule = (given: Partial<RewriteRule> = {}): RewriteRule => ({
  action: "all",
  source_topic: "x/#",
  re: "^x/y/(.+)$",
  dest_topic: "z/y/$1",
  ...given,
});

/** The worked example of EMQX's manual. */
const example = [rule(), rule({ source_topic: "x/y/#", re: "^x/y/z/(.+)$", dest_topic: "z/z/$1" })];

const put = (body: unknown) => started.api.call("PUT", "/mqtt/topic_rewrite", { body });
const get = () => started.api.call("GET", "/mqtt/topic_rewrite");

async function subscribedTopics(clientid: string): Promise<string[]> {
  return (await started.setup.broker.subscriptions(clientid)).map(({ topic }) => topic).sort();
}

/** A client that hears everything. */
async function listener() {
  const client = await started.setup.connect("listener");
  await client.mqtt.subscribeAsync("#", { qos: 2 });
  return { heard: client.received, topics: () => client.received.map(({ topic }) => topic) };
}

describe("PUT /mqtt/topic_rewrite", () => {
  test("answers with the rules as they are stored, and GET with the same", async () => {
    expect((await get()).json).toEqual([]);
    expect(await put([rule()])).toMatchObject({ status: 200, json: [rule()] });
    expect((await get()).json).toEqual([rule()]);
  });

  test.each([20, 21])("refuses %s rules", async (length) => {
    const { status, json } = await put(Array.from({ length }, () => rule()));
    expect([status, json]).toMatchObject([
      413,
      { code: "EXCEED_LIMIT", message: "Max rewrite rules count is 20" },
    ]);
    expect((await get()).json).toEqual([]);
  });

  test("takes 19 rules", async () => {
    expect((await put(Array.from({ length: 19 }, () => rule()))).status).toBe(200);
  });

  test.each(
    ["bad/test/#", "bad/#/test", "bad/test/+", "bad/+/test", ""].flatMap((dest_topic) =>
      (["publish", "all"] as const).map((action) => [dest_topic, action] as const),
    ),
  )("refuses to publish to '%s' with the action %s", async (dest_topic, action) => {
    const { status, json } = await put([rule({ dest_topic, action }), rule()]);
    const shown = dest_topic === "" ? "<<>>" : `<<"${dest_topic}">>`;
    const message = `Cannot use wildcard for destination topic. Invalid topics: [${shown}]`;
    expect([status, json]).toMatchObject([400, { code: "BAD_REQUEST", message }]);
  });

  test("takes wildcards where only subscriptions are changed", async () => {
    expect((await put([rule({ action: "subscribe", dest_topic: "good/#" })])).status).toBe(200);
  });

  test.each([
    ["a missing field", [{ action: "all", source_topic: "x", dest_topic: "y" }], "root.1.re"],
    ["an unknown field", [{ ...rule(), more: 1 }], "root.1"],
    ["an unknown action", [rule({ action: "none" as "all" })], "root.1.action"],
    ["an expression that is none", [rule(), rule({ re: "(" })], "root.2.re"],
    ["an expression that needs look-around", [rule({ re: "(?=a)" })], "root.1.re"],
    ["an object", {}, "root"],
    ["no body", undefined, "root"],
  ])("refuses %s, and changes nothing", async (_, body, path) => {
    await put([rule()]);
    const { status, json } = await put(body);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ kind: "validation_error", path });
    expect((await get()).json).toEqual([rule()]);
  });
});

describe.each([4, 5] as const)("the messages of a client of protocol version %s", (protocolVersion) => {
  test("go where the last rule that matches sends them, or stay if its expression is not found", async () => {
    await put(example);
    const { topics } = await listener();
    const { mqtt } = await started.setup.connect("c", { protocolVersion });
    for (const [index, topic] of ["x/y/2", "x/y/z/1", "x/1/2", "x/y/z", "other"].entries()) {
      await mqtt.publishAsync(topic, "", { qos: ([0, 1, 2] as const)[index % 3] ?? 0 });
    }
    await vi.waitFor(() => expect(topics().sort()).toEqual(["other", "x/1/2", "x/y/2", "x/y/z", "z/z/1"]));
  });

  test("have their client id, user name and groups put in", async () => {
    const dest_topic = "to/$2/$1/$3/$4/${clientid}/${username}/${host}";
    await put([rule({ source_topic: "#", re: "^(a)?/(b)(c)?$", dest_topic })]);
    const { topics } = await listener();
    const named = await started.setup.connect("c1", { protocolVersion, username: "u" });
    await named.mqtt.publishAsync("a/bc", "", { qos: 1 });
    const nameless = await started.setup.connect("c2", { protocolVersion });
    await nameless.mqtt.publishAsync("/b", "", { qos: 1 });
    await vi.waitFor(() =>
      expect(topics()).toEqual(["to/b/a/c/$4/c1/u/${host}", "to/b//$3/$4/c2/${username}/${host}"]),
    );
  });

  test("are retained under the topic that they come to", async () => {
    await put(example);
    const { mqtt } = await started.setup.connect("c", { protocolVersion });
    await mqtt.publishAsync("x/y/z/kept", "v", { qos: 1, retain: true });
    await vi.waitFor(async () => expect(await started.setup.broker.retained("z/z/kept")).toBeDefined());
    expect(await started.setup.broker.retained("x/y/z/kept")).toBeUndefined();
    await mqtt.publishAsync("z/z/kept", "", { qos: 1, retain: true });
  });

  test("stay where nobody could publish what a rule makes of them", async () => {
    await put([rule({ re: "^x/(.*)$", dest_topic: "$1" })]);
    const { topics } = await listener();
    const { mqtt } = await started.setup.connect("c", { protocolVersion });
    for (const topic of ["x/", "x/$SYS/a"]) await mqtt.publishAsync(topic, "", { qos: 1 });
    await vi.waitFor(() => expect(topics()).toEqual(["x/", "x/$SYS/a"]));
  });
});

describe.each([4, 5] as const)("what a client of protocol version %s subscribes to", (protocolVersion) => {
  test("is changed by the rules, is shown so, and is unsubscribed from so", async () => {
    await put(example);
    const { mqtt, received } = await started.setup.connect("c", { protocolVersion });
    await mqtt.subscribeAsync(["x/y/2", "x/y/z/1", "x/1"], { qos: 1 });
    expect(await subscribedTopics("c")).toEqual(["x/1", "x/y/2", "z/z/1"]);
    await mqtt.publishAsync("x/y/z/1", "", { qos: 1 });
    await vi.waitFor(() => expect(received).toMatchObject([{ topic: "z/z/1", qos: 1 }]));
    await mqtt.unsubscribeAsync("x/y/z/1");
    await vi.waitFor(async () => expect(await subscribedTopics("c")).toEqual(["x/1", "x/y/2"]));
  });

  test("is left alone by rules for messages, and the other way round", async () => {
    await put([
      rule({ action: "subscribe", source_topic: "s/+", re: "^s/(.*)$", dest_topic: "s/$1/${clientid}" }),
      rule({ action: "publish", source_topic: "p/+", re: "^p/(.*)$", dest_topic: "q/$1" }),
    ]);
    const { mqtt } = await started.setup.connect("c", { protocolVersion });
    await mqtt.subscribeAsync(["s/1", "p/1"]);
    expect(await subscribedTopics("c")).toEqual(["p/1", "s/1/c"]);
    const { topics } = await listener();
    for (const topic of ["s/1", "p/1"]) await mqtt.publishAsync(topic, "", { qos: 1 });
    await vi.waitFor(() => expect(topics()).toEqual(["s/1", "q/1"]));
  });

  test("stays if a rule would make of it what nobody can subscribe to", async () => {
    await put([rule({ action: "subscribe", re: "^x/(.*)$", dest_topic: "$1#" })]);
    const { mqtt } = await started.setup.connect("c", { protocolVersion });
    await mqtt.subscribeAsync(["x/a", "x/b/"]);
    expect(await subscribedTopics("c")).toEqual(["b/#", "x/a"]);
  });
});

test("a shared subscription is changed by its topic", async () => {
  await put([rule({ re: "^x/(.*)$", dest_topic: "z/$1" })]);
  const { mqtt } = await started.setup.connect("c");
  await mqtt.subscribeAsync("$share/g/x/1");
  expect(await subscribedTopics("c")).toEqual(["$share/g/z/1"]);
});

test("a subscription that comes in one breath with the CONNECT knows its client", async () => {
  await put([rule({ re: "^x/(.*)$", dest_topic: "z/$1/${clientid}" })]);
  const socket = createConnection(started.setup.port, "127.0.0.1");
  const connect = generate({
    cmd: "connect",
    clientId: "quick",
    protocolId: "MQTT",
    protocolVersion: 4,
    clean: true,
  });
  const subscribe = generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "x/1", qos: 0 }] });
  socket.write(Buffer.concat([connect, subscribe]));
  await vi.waitFor(async () => expect(await subscribedTopics("quick")).toEqual(["z/1/quick"]));
  socket.destroy();
});

test("a will is changed like other messages", async () => {
  await put(example);
  const { topics } = await listener();
  const will = { topic: "x/y/z/will", payload: Buffer.from(""), qos: 0, retain: false } as const;
  const { mqtt } = await started.setup.connect("c", { will });
  mqtt.stream.destroy();
  await vi.waitFor(() => expect(topics()).toEqual(["z/z/will"]));
});

test("messages of the API go where they were sent, as in EMQX 5.8.9", async () => {
  await put(example);
  const { topics } = await listener();
  await started.api.call("POST", "/publish", { body: { topic: "x/y/z/1", payload: "" } });
  await vi.waitFor(() => expect(topics()).toEqual(["x/y/z/1"]));
});

test("what a persistent session is subscribed to is not changed when it is resumed", async () => {
  await put(example);
  const first = await started.setup.connectPersistent("p");
  await first.mqtt.subscribeAsync("x/y/z/1");
  await started.setup.disconnect(first);
  await put([rule({ source_topic: "#", re: "^.*$", dest_topic: "gone" })]);
  await started.setup.connectPersistent("p");
  expect(await subscribedTopics("p")).toEqual(["z/z/1"]);
});

test("an empty list switches it off", async () => {
  await put(example);
  expect((await put([])).json).toEqual([]);
  const { topics } = await listener();
  const { mqtt } = await started.setup.connect("c");
  await mqtt.publishAsync("x/y/z/1", "", { qos: 1 });
  await vi.waitFor(() => expect(topics()).toEqual(["x/y/z/1"]));
});

test("AWS IoT Core has no rules, and takes none", async () => {
  const api = await startIotCoreApi();
  onTestFinished(() => api.close());
  const call = (body?: unknown) => api.call(body ? "PUT" : "GET", "/mqtt/topic_rewrite", { body });
  expect((await call([rule()])).json).toMatchObject({
    code: "BAD_REQUEST",
    message: expect.stringContaining("AWS IoT Core"),
  });
  expect(await call([])).toMatchObject({ status: 200, json: [] });
  expect((await call()).json).toEqual([]);
});
