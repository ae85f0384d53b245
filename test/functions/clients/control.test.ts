import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connected, connectedPersistent, disconnected, subscribed } from "../../support/events.ts";
import { TestApi, testNode } from "../../support/test-api.ts";
import { TestControl } from "../../support/test-broker.ts";

let api: TestApi;
let control: TestControl;

beforeAll(async () => {
  api = await TestApi.start();
  api.registry.push(connected("c1"));
  await api.registry.idle();
});

beforeEach(() => {
  control = new TestControl();
  api.broker.control = control;
});

afterAll(() => api.close());

const post = (what: string, body: unknown, clientid = "c1") =>
  api.call("POST", `/clients/${clientid}/${what}`, { body });
const keepalive = (body: unknown, clientid = "c1") =>
  api.call("PUT", `/clients/${clientid}/keepalive`, { body });
const error = (code: string, message: string) => ({ code, message, reason: message });
const notFound = error("CLIENTID_NOT_FOUND", "Client ID not found");
const noLocal = error(
  "INVALID_PARAMETER",
  "Invalid Subscribe options: `no_local` not allowed for shared-sub. See [MQTT-3.8.3-4]",
);
const defaults = { qos: 0, nl: 0, rap: 0, rh: 0 };

describe("POST /clients/{clientid}/subscribe", () => {
  test("subscribes with the defaults of MQTT, and tells what was asked for", async () => {
    const { status, json } = await post("subscribe", { topic: "t/1" });
    expect(status).toBe(200);
    expect(json).toEqual({ clientid: "c1", node: testNode, topic: "t/1", ...defaults });
    expect(control.calls).toEqual([["subscribe", "c1", "t/1", defaults]]);
  });

  test("takes all options, also as text, and filters of every kind as they are", async () => {
    const options = { qos: "1", nl: "1", rap: 1, rh: 2 };
    for (const topic of ["t", "$queue/t", "$share//t", "a//b/"]) {
      const shared = topic.startsWith("$");
      const { json } = await post("subscribe", { topic, ...options, ...(shared && { nl: 0 }) });
      expect(json).toMatchObject({ topic, qos: 1, nl: shared ? 0 : 1, rap: 1, rh: 2 });
    }
    expect((await post("subscribe", { topic: 1, qos: null })).json).toMatchObject({ topic: "1", qos: 0 });
  });

  test.each(["$share/group/t", "$queue/t"])("does not take nl for the shared filter %s", async (topic) => {
    for (const clientid of ["c1", "nobody"]) {
      const { status, json } = await post("subscribe", { topic, nl: 1 }, clientid);
      expect([status, json]).toEqual([400, noLocal]);
    }
    expect(control.calls).toEqual([]);
  });

  test.each([
    ["$share/group", "$share/group"],
    ["$exclusive/", "$exclusive/"],
    ["$share/g/$queue/t", "$queue/t"],
    ['$share/"\\', '$share/\\"\\\\'],
  ])("does not take the malformed filter %s, whether there is such a client or not", async (topic, part) => {
    for (const clientid of ["c1", "nobody"]) {
      const { status, json } = await post("subscribe", { topic, nl: 1 }, clientid);
      const text = `{invalid_topic_filter,<<"${part}">>}`;
      expect([status, json]).toEqual([500, error("UNKNOWN_ERROR", text)]);
    }
  });

  test("does not take what the broker refuses", async () => {
    control.outcomes.set("a/#/b", { refused: "Not this one" });
    const { status, json } = await post("subscribe", { topic: "a/#/b" });
    expect([status, json]).toEqual([400, error("BAD_REQUEST", "Not this one")]);
  });

  test("does not know who has no session, also if it ends just then", async () => {
    control.outcomes.set("late", "unknown");
    for (const answer of [
      await post("subscribe", { topic: "t" }, "nobody"),
      await post("subscribe", { topic: "late" }),
    ]) {
      expect([answer.status, answer.json]).toEqual([404, notFound]);
    }
  });

  test.each([
    [{}, "root.topic", "required_field"],
    [{ topic: null }, "root.topic", "required_field"],
    [{ topic: "t", qos: 3 }, "root.qos", "Unable to parse string"],
    [{ topic: "t", rh: 3 }, "root.rh", { expected: "0..2" }],
    [{ topic: "t", nl: true }, "root.nl", { expected: "integer()" }],
    [{ topic: "t", other: 1 }, "root", "unknown_fields"],
    [[], "root", "bad_value_for_struct"],
  ])("does not take %j", async (body, path, reason) => {
    const { status, json } = await post("subscribe", body, "nobody");
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ path, reason });
  });
});

describe("POST /clients/{clientid}/subscribe/bulk", () => {
  test("subscribes to all, in their order", async () => {
    const { status, json } = await post("subscribe/bulk", [{ topic: "b", qos: 1 }, { topic: "a" }]);
    const common = { clientid: "c1", node: testNode, ...defaults };
    expect([status, json]).toEqual([
      200,
      [
        { ...common, topic: "b", qos: 1 },
        { ...common, topic: "a" },
      ],
    ]);
  });

  test.each([[[]], [{}]])("takes %j as nothing to do", async (body) => {
    expect(await post("subscribe/bulk", body)).toMatchObject({ status: 200, json: [] });
  });

  test("tells what failed, the last one first, and does the rest", async () => {
    control.outcomes.set("late", "unknown").set("a+", { refused: "Not this one" });
    const topics = ["t/1", "$share/group", "late", "t/2", "a+", "$share/g/t"];
    const body = topics.map((topic) => ({ topic, nl: topic === "$share/g/t" ? 1 : 0, qos: 1 }));
    const { status, json } = await post("subscribe/bulk", body);
    const options = { ...defaults, qos: 1 };
    expect(status).toBe(200);
    expect(json).toEqual({
      succeed: ["t/1", "t/2"].map((topic) => ({ clientid: "c1", node: testNode, topic, ...options })),
      failed: [
        { data: ["c1", "$share/g/t", { ...options, nl: 1 }], reason: "invalid_subopts_nl" },
        { data: ["c1", "a+", options], reason: "Not this one" },
        { data: ["c1", "late", options], reason: "channel_not_found" },
        { data: ["c1", "$share/group", options], reason: '{invalid_topic_filter,<<"$share/group">>}' },
      ],
    });
  });

  test.each([[[]], [[{ topic: "$share/group" }]]])(
    "of %j is not known of a client without session",
    async (body) => {
      const { status, json } = await post("subscribe/bulk", body, "nobody");
      expect([status, json]).toEqual([404, notFound]);
    },
  );

  test.each([
    [[{ topic: "t" }, {}], "root.2.topic"],
    [
      [
        { topic: "t", qos: 5 },
        { topic: "t", other: 1 },
      ],
      "root.1.qos",
    ],
    [{ a: 1 }, "root"],
  ])("does not take %j", async (body, path) => {
    const { status, json } = await post("subscribe/bulk", body);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ path });
    expect(control.calls).toEqual([]);
  });
});

describe("POST /clients/{clientid}/unsubscribe", () => {
  test("unsubscribes, one or many", async () => {
    expect(await post("unsubscribe", { topic: "t" })).toMatchObject({ status: 204, text: "" });
    const many = [{ topic: "a" }, {}, { topic: "$share/g" }, { topic: "$share/g/b" }];
    expect(await post("unsubscribe/bulk", many)).toMatchObject({ status: 204, text: "" });
    expect(control.calls.map(([, , topic]) => topic)).toEqual(["t", "a", "$share/g/b"]);
  });

  test("does not take a malformed filter, and none", async () => {
    const text = '{invalid_topic_filter,<<"$share/g">>}';
    const { status, json } = await post("unsubscribe", { topic: "$share/g" });
    expect([status, json]).toEqual([400, error("BAD_REQUEST", text)]);
    expect(JSON.parse((await post("unsubscribe", {})).json.message)).toMatchObject({
      reason: "required_field",
    });
    expect((await post("unsubscribe/bulk", [{ topic: "t", other: 1 }])).status).toBe(400);
    expect(control.calls).toEqual([]);
  });

  test("does not know who has no session", async () => {
    control.outcomes.set("late", "unknown");
    for (const answer of [
      await post("unsubscribe", { topic: "t" }, "nobody"),
      await post("unsubscribe", { topic: "late" }),
      await post("unsubscribe/bulk", [{ topic: "t" }], "nobody"),
      await post("unsubscribe/bulk", [], "nobody"),
    ]) {
      expect([answer.status, answer.json]).toEqual([404, notFound]);
    }
  });
});

describe("PUT /clients/{clientid}/keepalive", () => {
  test.each([
    [11, 11],
    ["12", 12],
    [0, 0],
    [65_535, 65_535],
  ])("of %j changes it at the broker, and is shown from then on", async (interval, seconds) => {
    const { status, json } = await keepalive({ interval });
    expect([status, json.keepalive]).toEqual([200, seconds]);
    expect(control.calls).toEqual([["setKeepalive", "c1", seconds]]);
    expect((await api.call("GET", "/clients/c1")).json).toEqual(json);
  });

  test("is shown over later events of the same connection, and not after the next connect", async () => {
    api.registry.push(connectedPersistent("c2"));
    await api.registry.idle();
    await keepalive({ interval: 7 }, "c2");
    const shown = async () => (await api.call("GET", "/clients/c2")).json.keepalive;
    for (const event of [subscribed("c2", ["t"]), connectedPersistent("c2"), disconnected("c2")]) {
      api.registry.push(event);
      await api.registry.idle();
      expect(await shown()).toBe(7);
    }
    api.registry.push(connectedPersistent("c2", { versionNumber: 2, timestamp: Date.now() + 1 }));
    await api.registry.idle();
    expect(await shown()).toBe(60);
  });

  test.each([{ interval: 65_536 }, { interval: -1 }, { interval: 1.5 }])("cannot be %j", async (body) => {
    const { status, json } = await keepalive(body);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({
      path: "root.interval",
      reason: { expected: "0..65535" },
    });
  });

  test.each([{}, { interval: null }, undefined])("needs an interval: not %j", async (body) => {
    const { status, json } = await keepalive(body, "nobody");
    expect([status, json]).toEqual([400, error("BAD_REQUEST", "Interval Not Found")]);
  });

  test("of a client without session is not known", async () => {
    const { status, json } = await keepalive({ interval: 11 }, "nobody");
    expect([status, json]).toEqual([404, notFound]);
  });

  test("of a client that broker has lost meanwhile is not known", async () => {
    api.registry.push(connected("no longer"));
    await api.registry.idle();
    expect((await keepalive({ interval: 11 }, "no%20longer")).json).toEqual(notFound);
    expect((await api.call("GET", "/clients/no%20longer")).json.keepalive).toBe(60);
  });
});

describe("a broker that leaves all this to the client", () => {
  const requests = [
    ["POST", "subscribe", { topic: "t" }],
    ["POST", "subscribe/bulk", [{ topic: "t" }]],
    ["POST", "unsubscribe", { topic: "t" }],
    ["POST", "unsubscribe/bulk", [{ topic: "t" }]],
    ["PUT", "keepalive", { interval: 11 }],
  ] as const;

  beforeEach(() => {
    api.broker.control = undefined;
  });

  afterEach(async () => {
    expect((await api.call("GET", "/clients/c1/subscriptions")).json).toEqual([]);
  });

  test.each(requests)("has %s …/%s fail, with the limit named", async (method, path, body) => {
    const { status, json } = await api.call(method, `/clients/c1/${path}`, { body });
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(json.message).toContain("AWS IoT Core");
  });

  test.each(requests)("has %s …/%s not know who has no session", async (method, path, body) => {
    const { status, json } = await api.call(method, `/clients/nobody/${path}`, { body });
    expect([status, json]).toEqual([404, notFound]);
  });
});
