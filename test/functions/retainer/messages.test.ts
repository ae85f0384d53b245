import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { IotCoreBroker } from "../../../lib/broker/iot-core/broker.ts";
import { EmbeddedSetup } from "../../support/embedded-setup.ts";
import { PlayedDataPlane } from "../../support/iot-data-plane.ts";
import { TestApi } from "../../support/test-api.ts";

const notFound = { code: "NOT_FOUND", message: "Viewed message doesn't exist", reason: expect.anything() };

describe("with the embedded broker", () => {
  let setup: EmbeddedSetup;
  let api: TestApi;

  beforeAll(async () => {
    setup = await EmbeddedSetup.start();
    api = await TestApi.start({ broker: setup.broker });
  });

  beforeEach(async () => {
    await api.call("DELETE", "/mqtt/retainer/messages");
    await api.call("PUT", "/mqtt/retainer", { body: { enable: true, stop_publish_clear_msg: false } });
  });

  afterAll(async () => {
    await api.close();
    await setup.close();
  });

  const retain = (topic: string, given: Record<string, unknown> = {}) =>
    api.call("POST", "/publish", { body: { topic, payload: "retained", retain: true, ...given } });
  const list = async (query = "") => (await api.call("GET", `/mqtt/retainer/messages${query}`)).json;
  const topicsOf = (page: { data: { topic: string }[] }) => page.data.map(({ topic }) => topic);
  const one = (topic: string, method = "GET") =>
    api.call(method, `/mqtt/retainer/message/${encodeURIComponent(topic)}`);

  test("messages of clients and of the API are listed with all that is known of them, the oldest first", async () => {
    const named = await setup.connect("c1", { username: "u1", password: "p" });
    const nameless = await setup.connect("c2");
    await named.mqtt.publishAsync("t/b", "x", { retain: true, qos: 1 });
    await nameless.mqtt.publishAsync("t/a", "x", { retain: true, qos: 2 });
    await retain("t/c");
    const { data, meta } = await list();
    const common = {
      msgid: expect.stringMatching(/^[0-9A-F]{32}$/),
      publish_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/),
    };
    expect(data).toEqual([
      { ...common, topic: "t/b", qos: 1, from_clientid: "c1", from_username: "u1" },
      { ...common, topic: "t/a", qos: 2, from_clientid: "c2", from_username: "undefined" },
      { ...common, topic: "t/c", qos: 0, from_clientid: "http_api", from_username: "" },
    ]);
    expect(meta).toEqual({ page: 1, limit: 100, hasnext: false, count: 3 });
  });

  test("five messages are five rows, and the fourth page of one is the fourth published", async () => {
    for (const n of [1, 2, 3, 4, 5]) await retain(`retained/${n}`);
    expect((await list()).data).toHaveLength(5);
    const page = await list("?page=4&limit=1");
    expect(topicsOf(page)).toEqual(["retained/4"]);
    expect(page.meta).toEqual({ page: 4, limit: 1, hasnext: true, count: 5 });
    expect((await list("?page=5&limit=1")).meta.hasnext).toBe(false);
    expect(await list("?page=9")).toEqual({
      data: [],
      meta: { page: 9, limit: 100, hasnext: false, count: 5 },
    });
  });

  test("a topic finds its message, a filter what matches it, and no count is given", async () => {
    for (const topic of ["c", "c/1", "c/1/1"]) await retain(topic);
    const page = await list("?topic=c");
    expect(topicsOf(page)).toEqual(["c"]);
    expect(page.meta).toEqual({ page: 1, limit: 100, hasnext: false });
    expect(topicsOf(await list("?topic=c%2F%2B"))).toEqual(["c/1"]);
    expect(topicsOf(await list("?topic=c%2F%23"))).toEqual(["c", "c/1", "c/1/1"]);
    expect(topicsOf(await list("?topic="))).toEqual([]);
  });

  test("a filter finds what matches, and removing all ignores it", async () => {
    for (const n of [1, 2, 3]) for (const kind of ["t", "f"]) await retain(`${kind}/${n}`);
    expect(topicsOf(await list("?topic=t/%2B"))).toEqual(["t/1", "t/2", "t/3"]);
    expect((await api.call("DELETE", "/mqtt/retainer/messages?topic=t/%2B")).status).toBe(204);
    expect(await list()).toMatchObject({ data: [], meta: { count: 0 } });
  });

  test("a topic that begins with $ is listed, and found by no leading wildcard", async () => {
    await retain("$SYS/brokers/version");
    expect(topicsOf(await list())).toEqual(["$SYS/brokers/version"]);
    expect((await list()).meta.count).toBe(1);
    expect((await list("?topic=%23")).data).toEqual([]);
    expect((await list("?topic=%2B/brokers/version")).data).toEqual([]);
    expect(topicsOf(await list("?topic=$SYS/%23"))).toEqual(["$SYS/brokers/version"]);
    const client = await setup.connect("sys");
    await client.mqtt.subscribeAsync("#");
    await client.mqtt.subscribeAsync("$SYS/brokers/#");
    await vi.waitFor(() => expect(client.received).toHaveLength(1));
  });

  test("a message is shown with its payload, by its topic and by a filter that matches it", async () => {
    await retain("c/1");
    await retain("c/2", { payload: "younger" });
    const shown = { topic: "c/1", payload: "cmV0YWluZWQ=", qos: 0, from_clientid: "http_api" };
    for (const filter of ["c/1", "c/+", "c/#"]) expect((await one(filter)).json).toMatchObject(shown);
    const missed = await one("c");
    expect([missed.status, missed.json]).toEqual([404, notFound]);
  });

  test("the filter of a level below matches the level itself, and that of one level does not", async () => {
    await retain("c");
    expect((await one("c/+")).status).toBe(404);
    for (const filter of ["c", "c/#"]) expect((await one(filter)).json.topic).toBe("c");
  });

  test("a payload of more than a mebibyte is left out", async () => {
    await api.call("PUT", "/mqtt/retainer", { body: { max_payload_size: "2MB" } });
    for (const [topic, size] of [
      ["large/1", 1_048_576],
      ["large/2", 1_048_577],
    ] as const) {
      await setup.broker.publish({ topic, payload: Buffer.alloc(size), retain: true, qos: 1 });
    }
    expect((await one("large/1")).json.payload).toHaveLength(1_398_104);
    expect((await one("large/2")).json).not.toHaveProperty("payload");
  });

  test("a removed message is gone, and cannot be removed again", async () => {
    await retain("d/1");
    await retain("d/2");
    expect((await one("d/1", "DELETE")).status).toBe(204);
    for (const method of ["GET", "DELETE"]) {
      const { status, json } = await one("d/1", method);
      expect([status, json]).toEqual([404, notFound]);
    }
    expect((await one("d/+", "DELETE")).status).toBe(204);
    expect((await list()).data).toEqual([]);
  });

  test("subscribers are not told that a message was removed", async () => {
    const client = await setup.connect("told");
    await client.mqtt.subscribeAsync("d/#");
    await retain("d/1");
    await one("d/1", "DELETE");
    await api.call("POST", "/publish", { body: { topic: "d/end", payload: "end" } });
    await vi.waitFor(() => expect(client.received.map(({ topic }) => topic)).toEqual(["d/1", "d/end"]));
  });

  test("an expired message is neither listed nor shown nor delivered; the count knows it until it is swept", async () => {
    await retain("e/1", { properties: { message_expiry_interval: 1 } });
    await retain("e/2", { properties: { message_expiry_interval: 100 } });
    await vi.waitFor(async () => expect(topicsOf(await list())).toEqual(["e/2"]), { timeout: 3_000 });
    expect((await list()).meta.count).toBe(2);
    expect((await one("e/1")).status).toBe(404);
    const client = await setup.connect("late");
    await client.mqtt.subscribeAsync("e/#");
    await vi.waitFor(() => expect(client.received.map(({ topic }) => topic)).toEqual(["e/2"]));
  });

  test("another kind of storage keeps the message, which new subscribers get with the retain flag", async () => {
    await retain("kept");
    const { status } = await api.call("PUT", "/mqtt/retainer", {
      body: { backend: { storage_type: "disc" } },
    });
    expect(status).toBe(200);
    expect((await one("kept")).json.payload).toBe("cmV0YWluZWQ=");
    const client = await setup.connect("new");
    await client.mqtt.subscribeAsync("kept");
    const expected = { topic: "kept", payload: "retained", qos: 0, retain: true };
    await vi.waitFor(() => expect(client.received).toEqual([expected]));
  });

  test("a retainer that is switched off shows nothing, keeps nothing, and forgets nothing", async () => {
    await retain("before");
    await api.call("PUT", "/mqtt/retainer", { body: { enable: false } });
    await retain("meanwhile");
    await retain("before", { payload: "" });
    expect(await list()).toMatchObject({ data: [], meta: { count: 0 } });
    expect((await one("before")).status).toBe(404);
    expect((await api.call("DELETE", "/mqtt/retainer/messages")).status).toBe(204);
    const client = await setup.connect("off");
    await client.mqtt.subscribeAsync("#");
    await api.call("PUT", "/mqtt/retainer", { body: { enable: true } });
    expect(topicsOf(await list())).toEqual(["before"]);
    expect(client.received).toEqual([]);
  });
});

describe("with AWS IoT Core", () => {
  let plane: PlayedDataPlane;
  let api: TestApi;

  beforeAll(async () => {
    plane = await PlayedDataPlane.start();
    api = await TestApi.start({ broker: new IotCoreBroker(plane.client) });
  });

  beforeEach(() => {
    plane.retained.clear();
    for (const topic of ["t/1", "t/2"]) plane.retained.set(topic, { topic, payload: "hello", qos: 1 });
    plane.requests.splice(0);
  });

  afterAll(async () => {
    await api.close();
    plane.close();
  });

  test("the list reads no message, and gives each an id that stays", async () => {
    const rows = async () => (await api.call("GET", "/mqtt/retainer/messages?topic=t/%23")).json.data;
    expect(await rows()).toEqual(await rows());
    expect(await rows()).toMatchObject([
      {
        topic: expect.any(String),
        qos: 1,
        from_clientid: "",
        from_username: "",
        publish_at: "1970-01-01T00:00:00.001+00:00",
      },
      { topic: expect.any(String) },
    ]);
    expect(new Set((await rows()).map(({ msgid }: { msgid: string }) => msgid)).size).toBe(2);
    expect(plane.requests.every(({ path }) => path === "/retainedMessage")).toBe(true);
  });

  test("a message is read by its topic alone", async () => {
    expect((await api.call("GET", "/mqtt/retainer/message/t%2F1")).json).toMatchObject({
      payload: "aGVsbG8=",
    });
    expect(plane.requests.every(({ path }) => path === "/retainedMessage/t%2F1")).toBe(true);
    expect((await api.call("GET", "/mqtt/retainer/message/1%2F2%2F3%2F4%2F5%2F6%2F7%2F8%2F9")).status).toBe(
      404,
    );
  });

  test("messages are removed one by one and all at once", async () => {
    expect((await api.call("DELETE", "/mqtt/retainer/message/t%2F1")).status).toBe(204);
    expect([...plane.retained.keys()]).toEqual(["t/2"]);
    expect((await api.call("DELETE", "/mqtt/retainer/messages")).status).toBe(204);
    expect(plane.retained.size).toBe(0);
  });

  test("the settings are the broker's own: they are shown, and what would change them is refused", async () => {
    const { json } = await api.call("GET", "/mqtt/retainer");
    expect(json).toMatchObject({ enable: true, max_payload_size: "128KB" });
    expect((await api.call("PUT", "/mqtt/retainer", { body: json })).json).toEqual(json);
    const refused = await api.call("PUT", "/mqtt/retainer", { body: { enable: false } });
    expect([refused.status, refused.json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(refused.json.message).toContain("enable");
  });
});
