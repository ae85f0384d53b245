import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newMessageId } from "../../../lib/mqtt/message-id.ts";
import type { DelayedMessages } from "../../../lib/store/delayed-messages.ts";
import { holdBack } from "../../support/seed.ts";
import { TestApi, testNode } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});

beforeEach(async () => {
  await api.call("PUT", "/mqtt/delayed", { body: { enable: false } });
  await api.call("PUT", "/mqtt/delayed", { body: { enable: true, max_delayed_messages: 0 } });
  api.queued.splice(0);
  api.broker.published.splice(0);
});

afterAll(() => api.close());

const change = (body: unknown) => api.call("PUT", "/mqtt/delayed", { body });
const list = async (query = "") => (await api.call("GET", `/mqtt/delayed/messages${query}`)).json;
const publish = (topic: string, given: Record<string, unknown> = {}) =>
  api.call("POST", "/publish", { body: { topic, payload: "hello", ...given } });
const one = (msgid: string, method = "GET", node = testNode) =>
  api.call(method, `/mqtt/delayed/messages/${node}/${msgid}`);
const removeTopic = (topic: string) =>
  api.call("DELETE", `/mqtt/delayed/messages/${encodeURIComponent(topic)}`);
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
const codeOf = ({ status, json }: { status: number; json: { code: string } }) => [status, json.code];

describe("the settings", () => {
  test("are merged, and a negative number is refused", async () => {
    const first = { enable: false, max_delayed_messages: 10 };
    expect((await change(first)).json).toEqual(first);
    const second = { enable: true, max_delayed_messages: 12 };
    expect((await change(second)).json).toEqual(second);
    expect((await change({ enable: true })).status).toBe(200);
    const refused = await change({ max_delayed_messages: -5 });
    expect(codeOf(refused)).toEqual([400, "BAD_REQUEST"]);
    expect(refused.json.message).toBe("Max delayed must be equal or greater than 0");
    expect((await api.call("GET", "/mqtt/delayed")).json).toEqual(second);
  });

  test.each([{ bogus: 1 }, { enable: "x" }, { max_delayed_messages: 1.5 }, []])("refuse %j", async (body) => {
    expect(codeOf(await change(body))).toEqual([400, "BAD_REQUEST"]);
  });

  test("that switch it off drop what is held back, and let messages pass as they are", async () => {
    await publish("$delayed/60/t");
    await change({ enable: false });
    expect((await list()).data).toEqual([]);
    await publish("$delayed/60/t");
    expect(api.broker.published).toMatchObject([{ topic: "$delayed/60/t" }]);
    await change({ enable: true });
    expect(await list()).toMatchObject({ data: [], meta: { count: 0 } });
  });

  test("limit how many are held back; the next one is dropped without a word", async () => {
    await change({ max_delayed_messages: 1 });
    for (const topic of ["t/1", "t/2"]) expect((await publish(`$delayed/60/${topic}`)).status).toBe(202);
    expect((await list()).data).toMatchObject([{ topic: "t/1" }]);
    await removeTopic("t/1");
    await publish("$delayed/60/t/3");
    expect((await list()).data).toMatchObject([{ topic: "t/3" }]);
  });
});

describe("the list", () => {
  test("shows five messages with all that is known of them, the one that is due last first", async () => {
    for (const n of [61, 63, 65, 62, 64]) await publish(`$delayed/${n}/msgs`, { qos: 1 });
    const { data, meta } = await list();
    expect(meta).toEqual({ page: 1, limit: 100, hasnext: false, count: 5 });
    expect(data.map(({ delayed_interval }: { delayed_interval: number }) => delayed_interval)).toEqual([
      65, 64, 63, 62, 61,
    ]);
    expect(data[0]).toEqual({
      msgid: expect.stringMatching(/^[0-9A-F]{32}$/),
      ...{ node: testNode, topic: "msgs", qos: 1, delayed_interval: 65, delayed_remaining: 64 },
      ...{ publish_at: instant, expected_at: instant },
      ...{ from_clientid: "http_api", from_username: "undefined" },
    });
    expect(Date.parse(data[0].expected_at) - Date.parse(data[0].publish_at)).toBeLessThanOrEqual(65_000);
  });

  test("has pages", async () => {
    for (const n of [1, 2, 3]) await holdBack(api, { topic: `t/${n}`, expected_at: Date.now() + n * 60_000 });
    expect(await list("?page=2&limit=1")).toMatchObject({
      data: [{ topic: "t/2" }],
      meta: { page: 2, limit: 1, hasnext: true, count: 3 },
    });
    expect(await list("?page=3&limit=1")).toMatchObject({
      data: [{ topic: "t/1" }],
      meta: { hasnext: false },
    });
    expect(await list("?page=9")).toMatchObject({ data: [], meta: { hasnext: false, count: 3 } });
  });
});

describe("one message", () => {
  test("is shown by node and id, in either case, with its payload", async () => {
    const { msgid } = await holdBack(api, { from_username: "u1" });
    for (const id of [msgid, msgid.toLowerCase()]) {
      expect((await one(id)).json).toMatchObject({ msgid, payload: "aGVsbG8=", from_username: "u1" });
    }
  });

  test.each([
    [2_048, "A".repeat(2_730).concat("A=")],
    [5_000, "PAYLOAD_TOO_LARGE"],
  ])("of %j bytes", async (size, shown) => {
    const { msgid } = await holdBack(api, { payload: Buffer.alloc(size) });
    expect((await one(msgid)).json.payload).toBe(shown);
  });

  test.each(["GET", "DELETE"])("that is not there cannot be addressed: %s", async (method) => {
    const id = newMessageId();
    const missing = await one(id, method);
    expect(codeOf(missing)).toEqual([404, "MESSAGE_ID_NOT_FOUND"]);
    expect(missing.json.message).toBe(`Message ID ${id} not found`);
    const malformed = await one("invalid_msg_id", method);
    expect(codeOf(malformed)).toEqual([400, "MESSAGE_ID_SCHEMA_ERROR"]);
    expect(malformed.json.message).toBe("Message ID invalid_msg_id schema error");
    for (const node of ["unknown@127.0.0.1", "nonode"]) {
      const elsewhere = await one(id, method, node);
      expect(codeOf(elsewhere)).toEqual([400, "INVALID_NODE"]);
      expect(elsewhere.json.message).toBe(`The node name ${node} is invalid`);
    }
  });

  test("is removed, and then there is one less", async () => {
    const [first] = [await holdBack(api), await holdBack(api)];
    expect((await one(first.msgid, "DELETE")).status).toBe(204);
    expect(await list()).toMatchObject({ data: [expect.anything()], meta: { count: 1 } });
    expect((await one(first.msgid, "DELETE")).status).toBe(404);
  });
});

test("the messages of a topic are removed together; a filter is refused, and so is a second time", async () => {
  for (const topic of ["t/a", "t/a", "t/b"]) await holdBack(api, { topic });
  expect((await removeTopic("t/a")).status).toBe(204);
  expect((await list()).data).toMatchObject([{ topic: "t/b" }]);
  const again = await removeTopic("t/a");
  expect(codeOf(again)).toEqual([404, "MESSAGE_NOT_FOUND"]);
  expect(again.json.message).toBe("Not found messages for t/a");
  for (const filter of ["t/#", "+", "a/+/b"]) {
    const refused = await removeTopic(filter);
    expect(codeOf(refused)).toEqual([400, "INVALID_TOPIC_NAME"]);
    expect(refused.json.message).toBe(`The topic name ${filter} is invalid`);
  }
});

describe("publishing to $delayed/", () => {
  const unmatched = { reason_code: 16, message: "no_matching_subscribers" };

  test("holds the message back, and queues what is due soon", async () => {
    const { status, json } = await publish("$delayed/60/a/b", { retain: true });
    expect([status, json]).toEqual([202, unmatched]);
    expect(api.broker.published).toEqual([]);
    const [{ msgid, expected_at }] = (await list()).data;
    expect(api.queued).toEqual([{ msgid, expected_at: Date.parse(expected_at) }]);
    expect(await api.deps.delayed.get(msgid)).toMatchObject({ topic: "a/b", retain: true });
  });

  test("notes that a message was queued only once it was", async () => {
    const steps: string[] = [];
    const delayQueue = { push: async () => void steps.push("queued") };
    const waiting = () => api.deps.delayed.dueBy(Date.now() + 100_000, { waiting: true });
    await publish("$delayed/60/t");
    expect(await Array.fromAsync(waiting())).toEqual([]);
    const delayed = { hold: async () => true, markQueued: async () => void steps.push("noted") };
    const other = await TestApi.start({ delayQueue, delayed: delayed as unknown as DelayedMessages });
    await other.call("POST", "/publish", { body: { topic: "$delayed/60/t", payload: "x" } });
    expect(steps).toEqual(["queued", "noted"]);
    await other.close();
  });

  test("does not queue what is due later than a message timer lasts", async () => {
    await publish("$delayed/1000/later");
    expect(api.queued).toEqual([]);
  });

  test("takes an instant in seconds too", async () => {
    const at = Math.floor(Date.now() / 1_000) + 100;
    await publish(`$delayed/${at}/abs`);
    const [row] = (await list()).data;
    expect(row).toMatchObject({ topic: "abs", expected_at: expect.stringContaining(".000+00:00") });
    expect(Date.parse(row.expected_at)).toBe(at * 1_000);
  });

  test.each([
    ["an instant too far ahead", `$delayed/${Math.floor(Date.now() / 1_000) + 10_000_000}/t`],
    ["no number", "$delayed/abc/t"],
    ["no topic", "$delayed/5/"],
  ])("with %s holds nothing back", async (_, topic) => {
    await publish(topic);
    expect((await list()).data).toEqual([]);
    expect(api.broker.published).toMatchObject([{ topic }]);
  });

  test("works for several messages at once", async () => {
    const body = ["$delayed/60/t/1", "now", "$delayed/60/t/2"].map((topic) => ({ topic, payload: "x" }));
    const { status, json } = await api.call("POST", "/publish/bulk", { body });
    expect([status, json]).toEqual([202, [unmatched, unmatched, unmatched]]);
    expect(api.broker.published.map(({ topic }) => topic)).toEqual(["now"]);
    expect((await list()).meta.count).toBe(2);
  });

  test("is refused where the broker would refuse the message itself, and beyond what a table's item holds", async () => {
    api.broker.refusals.set("refused", "The broker takes no such topic");
    expect((await publish("$delayed/60/refused")).json.message).toBe("The broker takes no such topic");
    const large = await publish("$delayed/60/t", { payload: "x".repeat(380_001) });
    expect(codeOf(large)).toEqual([400, "BAD_REQUEST"]);
    expect(large.json.message).toContain("380000 bytes");
    expect((await publish("$delayed/60/t", { payload: "x".repeat(379_000) })).status).toBe(202);
  });

  test("is taken back when it cannot be queued", async () => {
    const refusing = await TestApi.start({
      delayQueue: { push: () => Promise.reject(new Error("no queue")) },
    });
    const { status } = await refusing.call("POST", "/publish", {
      body: { topic: "$delayed/5/t", payload: "x" },
    });
    expect(status).toBe(500);
    const { json } = await refusing.call("GET", "/mqtt/delayed/messages");
    expect(json).toMatchObject({ data: [], meta: { count: 0 } });
    await refusing.close();
  });
});
