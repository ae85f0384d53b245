import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connected, subscribed } from "../../support/events.ts";
import { TestApi } from "../../support/test-api.ts";

const unmatched = { reason_code: 16, message: "no_matching_subscribers" };
const failed = { reason_code: 131, message: "failed_to_dispatch" };
const badTopic = { reason_code: 144, message: "topic_name_invalid" };
const tooLarge = { reason_code: 151, message: "packet_too_large" };
const published = { id: expect.stringMatching(/^[0-9A-F]{32}$/) };

/** EMQX's default `mqtt.max_packet_size`. */
const maxPacketBytes = 1_048_576;

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  api.broker.results.set("heard", "delivered");
  api.broker.results.set("lost", "failed");
  api.broker.results.set("told/1", "accepted").set("told/nobody", "accepted");
  api.broker.refusals.set("refused", "The broker takes no such topic");
  api.registry.push(connected("listener"));
  api.registry.push(subscribed("listener", ["told/1"]));
  await api.registry.idle();
});

beforeEach(() => void api.broker.published.splice(0));

afterAll(() => api.close());

const message = (given: Record<string, unknown> = {}) => ({ topic: "heard", payload: "hello", ...given });
const publish = (given?: Record<string, unknown>) =>
  api.call("POST", "/publish", { as: "publisher", body: message(given) });
const publishAll = (...topics: string[]) =>
  api.call("POST", "/publish/bulk", { body: topics.map((topic) => message({ topic })) });

/** What the broker was told to publish, by topic. */
const publishedTopics = () => api.broker.published.map(({ topic }) => topic);

describe("POST /publish answers", () => {
  test("200 with an id of its own when somebody gets the message", async () => {
    const [first, second] = [await publish(), await publish()];
    expect([first.status, first.json]).toEqual([200, published]);
    expect(second.json.id).not.toBe(first.json.id);
  });

  test("202 when nobody subscribes", async () => {
    const { status, json } = await publish({ topic: "silence", retain: true });
    expect([status, json]).toEqual([202, unmatched]);
    expect(api.broker.published).toMatchObject([{ topic: "silence", retain: true }]);
  });

  test("503 when somebody subscribes and nobody could be reached", async () => {
    const { status, json } = await publish({ topic: "lost" });
    expect([status, json]).toEqual([503, failed]);
  });

  test.each([
    ["told/1", 200, published],
    ["told/nobody", 202, unmatched],
  ])("by the registry's subscriptions when the broker does not tell: %s", async (topic, status, body) => {
    const answer = await publish({ topic });
    expect([answer.status, answer.json]).toEqual([status, body]);
  });

  test("400 with the broker's words when it cannot take the message", async () => {
    const { status, json } = await publish({ topic: "refused" });
    const text = "The broker takes no such topic";
    expect([status, json]).toEqual([400, { code: "BAD_REQUEST", message: text, reason: text }]);
    expect(api.broker.published).toEqual([]);
  });
});

describe("POST /publish hands to the broker", () => {
  test("a message with EMQX's defaults", async () => {
    await publish();
    expect(api.broker.published).toEqual([
      {
        topic: "heard",
        payload: Buffer.from("hello"),
        qos: 0,
        retain: false,
        msgid: expect.stringMatching(/^[0-9A-F]{32}$/),
      },
    ]);
  });

  test("QoS, retain and all properties", async () => {
    const properties = {
      payload_format_indicator: 1,
      message_expiry_interval: 60,
      response_topic: "answers",
      correlation_data: "c-1",
      user_properties: { a: "1", "": "empty" },
      content_type: "text/plain",
    };
    expect((await publish({ qos: 2, retain: true, properties })).status).toBe(200);
    expect(api.broker.published).toMatchObject([{ qos: 2, retain: true, properties }]);
  });

  test("values that EMQX converts, converted", async () => {
    const given = {
      payload: [104, 105],
      qos: "1",
      retain: "true",
      properties: { message_expiry_interval: "9" },
    };
    expect((await publish(given)).status).toBe(200);
    expect(api.broker.published).toMatchObject([
      { payload: Buffer.from("hi"), qos: 1, retain: true, properties: { message_expiry_interval: 9 } },
    ]);
  });

  test("an empty payload, which clears a retained message", async () => {
    await publish({ payload: "", retain: true });
    expect(api.broker.published).toMatchObject([{ payload: Buffer.alloc(0), retain: true }]);
  });

  test("nothing of the client id, which is accepted and ignored", async () => {
    expect((await publish({ clientid: "someone" })).status).toBe(200);
    expect(api.broker.published[0]).not.toHaveProperty("clientid");
  });

  test("any other topic as it is", async () => {
    const topics = ["a//b", "/", " ", "$delayed/x", "$SYS/x", "测试", "x".repeat(65_535)];
    for (const topic of topics) expect((await publish({ topic })).status).toBe(202);
    expect(publishedTopics()).toEqual(topics);
  });
});

describe("a message is refused", () => {
  test.each(["", "not/a+/valid/topic", "#", "a/#", "x".repeat(65_536)])(
    "with the topic %.20s",
    async (topic) => {
      const { status, json } = await publish({ topic });
      expect([status, json]).toEqual([400, badTopic]);
    },
  );

  test("from the first byte on that an MQTT packet of 1 MB cannot hold", async () => {
    const most = maxPacketBytes - 9 - "heard".length;
    expect((await publish({ payload: "x".repeat(most) })).status).toBe(200);
    const { status, json } = await publish({ payload: "x".repeat(most + 1) });
    expect([status, json]).toEqual([400, tooLarge]);
    expect(api.broker.published).toHaveLength(1);
  });

  test.each([
    [{ qos: 3 }, "root.qos"],
    [{ retain: 1 }, "root.retain"],
    [{ payload: undefined }, "root.payload"],
    [{ payload: { a: 1 } }, "root.payload"],
    [{ topic: null }, "root.topic"],
    [{ payload_encoding: "BASE64" }, "root.payload_encoding"],
    [{ surprise: 1 }, "root"],
    [{ properties: { surprise: 1 } }, "root.properties"],
    [{ properties: { payload_format_indicator: 2 } }, "root.properties.payload_format_indicator"],
    [{ properties: { user_properties: [] } }, "root.properties.user_properties"],
  ])("with %j: BAD_REQUEST names %s", async (given, path) => {
    const { status, json } = await publish(given);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message).path).toBe(path);
  });
});

describe("POST /publish/bulk", () => {
  test("publishes in order and answers in that order", async () => {
    const body = [message(), message({ payload: "Yg==", payload_encoding: "base64", retain: true })];
    const { status, json } = await api.call("POST", "/publish/bulk", { as: "publisher", body });
    expect([status, json]).toEqual([200, [published, published]]);
    expect(json[0].id).not.toBe(json[1].id);
    expect(api.broker.published.map(({ payload }) => `${payload}`)).toEqual(["hello", "b"]);
  });

  test.each([
    [["heard", "silence", "heard"], 202, [published, unmatched, published]],
    [["lost", "lost", "silence"], 503, [failed, failed, unmatched]],
    [["heard", "lost"], 503, [published, failed]],
    [["told/1", "told/nobody"], 202, [published, unmatched]],
    [["told/1"], 200, [published]],
  ])("to %j is answered with %i", async (topics, status, body) => {
    const answer = await publishAll(...topics);
    expect([answer.status, answer.json]).toEqual([status, body]);
    expect(publishedTopics()).toEqual(topics);
  });

  test.each([
    [["heard", "heard", "bad/#/topic"], badTopic],
    [["bad/+", "heard"], badTopic],
    [["heard", "refused"], { code: "BAD_REQUEST", message: "The broker takes no such topic" }],
  ])("to %j publishes nothing at all", async (topics, body) => {
    const answer = await publishAll(...topics);
    expect([answer.status, answer.json]).toMatchObject([400, body]);
    expect(api.broker.published).toEqual([]);
  });

  test("is decided by the first message that is not valid", async () => {
    const body = [message({ payload: "x".repeat(maxPacketBytes) }), message({ topic: "#" })];
    expect((await api.call("POST", "/publish/bulk", { body })).json).toEqual(tooLarge);
  });

  test("checks the fields of all messages before any topic, and counts them from 1", async () => {
    const body = [message({ topic: "#" }), { topic: "heard" }];
    const { status, json } = await api.call("POST", "/publish/bulk", { body });
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ path: "root.2.payload", reason: "required_field" });
  });

  test.each([[[]], [{}]])("of nothing, %j, is a bad request", async (body) => {
    const { status, json } = await api.call("POST", "/publish/bulk", { body });
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
  });
});
