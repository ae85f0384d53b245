import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { EmbeddedApi, startIotCoreApi } from "../../support/embedded-api.ts";

let started: EmbeddedApi;

beforeAll(async () => {
  started = await EmbeddedApi.start();
});

beforeEach(async () => {
  await started.kickEveryone();
  for (const { topic } of (await call("GET")).json) await call("DELETE", topic);
});

afterAll(() => started.close());

const path = (topic?: string) =>
  `/mqtt/topic_metrics${topic === undefined ? "" : `/${encodeURIComponent(topic)}`}`;
const call = (method: string, topic?: string, body?: unknown) =>
  started.api.call(method, path(topic), { body });
const add = (topic: unknown) => call("POST", undefined, { topic });
const reset = (topic?: string) => call("PUT", undefined, { action: "reset", topic });

const notFound = { code: "TOPIC_NOT_FOUND", message: "Topic not found" };

/** The counts of a topic that are not zero, without `messages.` and `.count`. */
async function countsOf(topic: string) {
  const { json } = await call("GET", topic);
  const counts = Object.entries<number>(json.metrics).filter(
    ([name, count]) => name.endsWith(".count") && count > 0,
  );
  return Object.fromEntries(
    counts.map(([name, count]) => [name.replace(/^messages\.|\.count$/g, ""), count]),
  );
}

const expectCounts = (topic: string, counts: Record<string, number>) =>
  vi.waitFor(async () => expect(await countsOf(topic)).toEqual(counts));

const names = ["in", "out", "qos0.in", "qos0.out", "qos1.in", "qos1.out", "qos2.in", "qos2.out", "dropped"];
const zeros = Object.fromEntries(
  names.flatMap((name) => [
    [`messages.${name}.count`, 0],
    [`messages.${name}.rate`, 0],
  ]),
);
const fresh = (topic: string) => ({
  topic,
  create_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
  metrics: zeros,
});

test("a topic is added, listed, reset and removed", async () => {
  expect(await call("GET")).toMatchObject({ status: 200, json: [] });
  const added = await add("topic/1/2");
  expect([added.status, added.json]).toEqual([200, fresh("topic/1/2")]);
  expect((await call("GET")).json).toEqual([fresh("topic/1/2")]);
  expect((await call("GET", "topic/1/2")).json).toEqual(fresh("topic/1/2"));
  expect((await reset("topic/1/2")).json).toEqual(fresh("topic/1/2"));
  expect((await reset()).json).toEqual([fresh("topic/1/2")]);
  expect(await reset("other")).toMatchObject({ status: 404, json: notFound });
  expect(await call("DELETE", "topic/1/2")).toMatchObject({ status: 204, text: "" });
  for (const method of ["GET", "DELETE"]) {
    expect(await call(method, "topic/1/2")).toMatchObject({ status: 404, json: notFound });
  }
});

describe("POST /mqtt/topic_metrics refuses", () => {
  test.each([
    ["an empty topic", "", "BAD_REQUEST", "Topic can not be empty"],
    ["a wildcard", "t/+", "BAD_TOPIC", "Wildcard topic is not supported"],
    ["the other wildcard", "#", "BAD_TOPIC", "Wildcard topic is not supported"],
    ["a topic that is there", "there", "BAD_TOPIC", "Topic already registered"],
  ])("%s", async (_, topic, code, message) => {
    await add("there");
    expect(await add(topic)).toMatchObject({ status: 400, json: { code, message } });
  });

  test.each([undefined, true, 1, [97, 98]])("the topic %s", async (topic) => {
    const { status, json } = await add(topic);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ kind: "validation_error", path: "topic" });
  });

  test("the 513th topic, but still reports a wildcard as one", async () => {
    const topics = Array.from({ length: 512 }, (_, index) => `limit/${index}`);
    await started.api.deps.settings.change("topic_metrics", () => topics);
    onTestFinished(async () => void (await started.api.deps.settings.change("topic_metrics", () => [])));
    const message = "Max topic metrics count is 512";
    expect(await add("one/more")).toMatchObject({ status: 409, json: { code: "EXCEED_LIMIT", message } });
    expect((await add("t/#")).json.code).toBe("BAD_TOPIC");
    expect((await call("GET")).json).toEqual([]);
  });
});

test("a topic that a removal left half-way is there, and trying to create it keeps it there", async () => {
  const { settings } = started.api.deps;
  await add("half");
  await settings.change("topic_metrics", () => []);
  expect((await add("half")).status).toBe(400);
  expect(await settings.read("topic_metrics")).toEqual(["half"]);
});

test("a topic that a creation left half-way is not there, and can be created", async () => {
  const { settings } = started.api.deps;
  await settings.change("topic_metrics", () => ["half"]);
  expect((await call("GET")).json).toEqual([]);
  expect((await add("half")).status).toBe(200);
  expect(await settings.read("topic_metrics")).toEqual(["half"]);
  expect((await call("GET")).json).toEqual([fresh("half")]);
});

test("who removes a topic that a creation left half-way does not find it after a restart either", async () => {
  const { settings } = started.api.deps;
  await settings.change("topic_metrics", () => ["half"]);
  expect((await call("DELETE", "half")).status).toBe(404);
  expect(await settings.read("topic_metrics")).toEqual([]);
});

test.each([{}, { action: "set" }, { action: "reset", more: 1 }])("PUT refuses %j", async (body) => {
  expect(await call("PUT", undefined, body)).toMatchObject({ status: 400, json: { code: "BAD_REQUEST" } });
});

describe.each([4, 5] as const)("of clients of protocol version %s", (protocolVersion) => {
  test("messages are counted by quality of service: in, out, or dropped if nobody subscribes", async () => {
    await add("t");
    const { mqtt } = await started.setup.connect("c", { protocolVersion });
    for (const qos of [0, 1, 2] as const) await mqtt.publishAsync("t", "", { qos });
    const arrived = { in: 3, "qos0.in": 1, "qos1.in": 1, "qos2.in": 1, dropped: 3 };
    await expectCounts("t", arrived);
    await mqtt.subscribeAsync("t", { qos: 2 });
    for (const qos of [0, 1, 2] as const) await mqtt.publishAsync("t", "", { qos });
    const out = { out: 3, "qos0.out": 1, "qos1.out": 1, "qos2.out": 1 };
    await expectCounts("t", { in: 6, "qos0.in": 2, "qos1.in": 2, "qos2.in": 2, ...out, dropped: 3 });
  });

  test.each([
    ["t", 0, { "qos0.out": 3 }],
    ["t", 1, { "qos0.out": 1, "qos1.out": 2 }],
    ["+", 0, { "qos0.out": 3 }],
    ["+", 1, { "qos0.out": 1, "qos1.out": 2 }],
    ["#", 2, { "qos0.out": 1, "qos1.out": 1, "qos2.out": 1 }],
  ] as const)("messages go out at the lower quality of service: %s at %s", async (filter, qos, out) => {
    await add("t");
    const { mqtt, received } = await started.setup.connect("c", { protocolVersion });
    await mqtt.subscribeAsync(filter, { qos });
    for (const sent of [0, 1, 2] as const) await mqtt.publishAsync("t", "", { qos: sent });
    await expectCounts("t", { in: 3, "qos0.in": 1, "qos1.in": 1, "qos2.in": 1, out: 3, ...out });
    expect(received.map((message) => message.qos).sort()).toEqual([0, Math.min(1, qos), qos]);
  });
});

test("messages of the API are counted, retained ones also when they are sent to who subscribes later", async () => {
  await add("t");
  await started.api.call("POST", "/publish", { body: { topic: "t", payload: "x", qos: 1, retain: true } });
  await expectCounts("t", { in: 1, "qos1.in": 1, dropped: 1 });
  const { mqtt } = await started.setup.connect("c");
  await mqtt.subscribeAsync("t", { qos: 1 });
  await expectCounts("t", { in: 1, "qos1.in": 1, dropped: 1, out: 1, "qos1.out": 1 });
  await started.api.call("POST", "/publish", { body: { topic: "t", payload: "", qos: 1, retain: true } });
});

test("a message for a session that is away is not dropped, and goes out when it comes back", async () => {
  await add("t");
  const away = await started.setup.connectPersistent("p");
  await away.mqtt.subscribeAsync("t", { qos: 1 });
  await started.setup.disconnect(away);
  await started.api.call("POST", "/publish", { body: { topic: "t", payload: "x", qos: 1 } });
  await expectCounts("t", { in: 1, "qos1.in": 1 });
  await started.setup.connectPersistent("p");
  await expectCounts("t", { in: 1, "qos1.in": 1, out: 1, "qos1.out": 1 });
});

test("what a session had queued does not go out if it is begun anew", async () => {
  await add("t");
  const away = await started.setup.connectPersistent("p");
  await away.mqtt.subscribeAsync("t", { qos: 1 });
  await started.setup.disconnect(away);
  await started.api.call("POST", "/publish", { body: { topic: "t", payload: "x", qos: 1 } });
  const options = { protocolVersion: 5, clean: true, properties: { sessionExpiryInterval: 60 } } as const;
  const { mqtt } = await started.setup.connect("p", options);
  await mqtt.subscribeAsync("other");
  expect(await countsOf("t")).toEqual({ in: 1, "qos1.in": 1 });
});

test("a rate is a moving average over five seconds, in four decimals", async () => {
  await add("t");
  const { mqtt } = await started.setup.connect("c");
  for (let n = 0; n < 7; n += 1) await mqtt.publishAsync("t", "", { qos: 1 });
  await expectCounts("t", { in: 7, "qos1.in": 7, dropped: 7 });
  const rates: number[] = [];
  await vi.waitFor(
    async () => {
      const rate = (await call("GET", "t")).json.metrics["messages.in.rate"];
      if (rate > 0 && rate !== rates.at(-1)) rates.push(rate);
      expect(rates).toHaveLength(2);
    },
    { timeout: 10_000, interval: 100 },
  );
  expect([1.4, 1.12, 0.896, 0.7168, 0.5734, 0.4588]).toEqual(expect.arrayContaining(rates));
});

test("AWS IoT Core counts nothing, and takes no topic", async () => {
  const api = await startIotCoreApi();
  onTestFinished(() => api.close());
  const message = expect.stringContaining("AWS IoT Core");
  const body = { topic: "t" };
  expect(await api.call("POST", path(), { body })).toMatchObject({
    status: 400,
    json: { code: "BAD_REQUEST", message },
  });
  expect((await api.call("POST", path(), { body: { topic: "+" } })).json.code).toBe("BAD_TOPIC");
  expect((await api.call("GET", path())).json).toEqual([]);
  expect((await api.call("PUT", path(), { body: { action: "reset" } })).json).toEqual([]);
  for (const method of ["GET", "DELETE"])
    expect((await api.call(method, path("t"))).json).toMatchObject(notFound);
});
