// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are EMQX's
import type { Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
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

const put = (body: unknown) => started.api.call("PUT", "/mqtt/auto_subscribe", { body });
const get = () => started.api.call("GET", "/mqtt/auto_subscribe");
const defaults = { qos: 0, rh: 0, rap: 0, nl: 0 };

const subscriptionsOf = (clientid: string) => started.setup.broker.subscriptions(clientid);
const topicsOf = async (clientid: string) => (await subscriptionsOf(clientid)).map(({ topic }) => topic);
const expectTopics = (clientid: string, topics: string[]) =>
  vi.waitFor(async () => expect(await topicsOf(clientid)).toEqual(topics));

describe("PUT /mqtt/auto_subscribe", () => {
  test("answers with the entries and their defaults, and GET with the same", async () => {
    const entry = { topic: "/topic/simple", ...defaults };
    expect(await put([{ topic: "/topic/simple" }])).toMatchObject({ status: 200, json: [entry] });
    expect((await get()).json).toEqual([entry]);
  });

  test.each([
    ["an object", { topic: "x" }, "root"],
    ["an empty object", {}, "root"],
    ["no body", undefined, "root"],
    ["a quality of service of 3", [{ topic: "x", qos: 3 }], "root.1.qos"],
    ["a retain handling of 10", [{ topic: "x" }, { topic: "x", rh: 10 }], "root.2.rh"],
    ["a negative rap", [{ topic: "x", rap: -1 }], "root.1.rap"],
    ["a negative nl", [{ topic: "x", nl: -1 }], "root.1.nl"],
    ["an entry without topic", [{ qos: 1 }], "root.1.topic"],
    ["an unknown field", [{ topic: "x", more: 1 }], "root.1"],
  ])("refuses %s", async (_, body, path) => {
    const { status, json } = await put(body);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ kind: "validation_error", path });
    expect((await get()).json).toEqual([]);
  });

  test("takes 20 entries, and refuses 21", async () => {
    const entries = (length: number) => Array.from({ length }, (_, index) => ({ topic: `t/${index}` }));
    expect((await put(entries(20))).json).toHaveLength(20);
    const { status, json } = await put(entries(21));
    const message = "Max auto subscribe topic count is  20";
    expect([status, json]).toMatchObject([409, { code: "EXCEED_LIMIT", message }]);
    expect((await get()).json).toHaveLength(20);
  });
});

describe.each([4, 5] as const)("a client of protocol version %s that connects", (protocolVersion) => {
  test("is subscribed with all options, and gets what is published and retained", async () => {
    const publisher = await started.setup.connect("publisher");
    await publisher.mqtt.publishAsync("a/1", "kept", { qos: 1, retain: true });
    await put([
      { topic: "a/+", qos: 1, rh: 0, rap: 1, nl: 1 },
      { topic: "b", qos: 2, rh: 2 },
    ]);
    const { mqtt, received } = await started.setup.connect("c", { protocolVersion });
    // Only clients of MQTT 5 know these two.
    const known = protocolVersion === 5 ? 1 : 0;
    await vi.waitFor(async () =>
      expect(await subscriptionsOf("c")).toEqual([
        { topic: "a/+", qos: 1, nl: known, rap: known, rh: 0 },
        { topic: "b", qos: 2, nl: 0, rap: 0, rh: 2 },
      ]),
    );
    await mqtt.publishAsync("a/2", "own", { qos: 1 });
    await publisher.mqtt.publishAsync("a/3", "other", { qos: 2 });
    await vi.waitFor(() =>
      expect(received).toEqual([
        { topic: "a/1", payload: "kept", qos: 1, retain: true },
        ...(known ? [] : [{ topic: "a/2", payload: "own", qos: 1, retain: false }]),
        { topic: "a/3", payload: "other", qos: 1, retain: false },
      ]),
    );
    await publisher.mqtt.publishAsync("a/1", "", { qos: 1, retain: true });
  });

  test("is reported as subscribed, as if it had subscribed itself", async () => {
    await put([{ topic: "a", qos: 1 }]);
    await started.setup.connect(`reported${protocolVersion}`, { protocolVersion });
    await vi.waitFor(() =>
      expect(started.setup.of("subscribed", `reported${protocolVersion}`)).toMatchObject([
        { topics: ["a"], options: [{ qos: 1, nl: 0, rap: 0, rh: 0 }] },
      ]),
    );
  });

  test("has its names and its address put in", async () => {
    await put([
      { topic: "c/${clientid}/${username}" },
      { topic: "h/${host}/${port}" },
      { topic: "${other}" },
    ]);
    const { mqtt } = await started.setup.connect("c1", { protocolVersion, username: "u1" });
    const port = (mqtt.stream as Socket).localPort;
    await expectTopics("c1", ["c/c1/u1", `h/127.0.0.1/${port}`, "${other}"]);
  });
});

test("an entry is skipped whose user name is not known, that comes to nothing, or that is no filter", async () => {
  await put([{ topic: "u/${username}" }, { topic: "" }, { topic: "a#" }, { topic: "last" }]);
  await started.setup.connect("c");
  await expectTopics("c", ["last"]);
});

test("an entry is skipped that a client's name would widen", async () => {
  await put([{ topic: "c/${clientid}" }, { topic: "u/${username}" }, { topic: "last" }]);
  await started.setup.connect("+", { username: "#" });
  await expectTopics("+", ["last"]);
});

test("of entries that come to the same filter the first counts", async () => {
  await put([{ topic: "c" }, { topic: "${clientid}", qos: 1 }, { topic: "last" }]);
  await started.setup.connect("c");
  await expectTopics("c", ["c", "last"]);
  expect((await subscriptionsOf("c"))[0]).toMatchObject({ qos: 0 });
});

test("who is connected already is left alone, and may unsubscribe", async () => {
  await put([{ topic: "a" }, { topic: "b" }]);
  const { mqtt } = await started.setup.connect("c");
  await expectTopics("c", ["a", "b"]);
  await put([{ topic: "other" }]);
  await mqtt.unsubscribeAsync("a");
  await expectTopics("c", ["b"]);
});

test("a persistent session is subscribed again when it is resumed", async () => {
  await put([{ topic: "a", qos: 1 }]);
  const first = await started.setup.connectPersistent("p");
  await expectTopics("p", ["a"]);
  await first.mqtt.unsubscribeAsync("a");
  await first.mqtt.subscribeAsync("own");
  await started.setup.disconnect(first);
  await started.setup.connectPersistent("p");
  await vi.waitFor(async () => expect((await topicsOf("p")).sort()).toEqual(["a", "own"]));
});

test("a persistent session keeps what it was subscribed to, and gets what came meanwhile", async () => {
  await put([{ topic: "a", qos: 1 }]);
  const first = await started.setup.connectPersistent("p");
  await expectTopics("p", ["a"]);
  await started.setup.disconnect(first);
  await started.api.call("POST", "/publish", { body: { topic: "a", payload: "meanwhile", qos: 1 } });
  const { received } = await started.setup.connectPersistent("p");
  await vi.waitFor(() => expect(received).toMatchObject([{ payload: "meanwhile" }]));
});

test("AWS IoT Core has no entries, and takes none", async () => {
  const api = await startIotCoreApi();
  onTestFinished(() => api.close());
  const call = (body?: unknown) => api.call(body ? "PUT" : "GET", "/mqtt/auto_subscribe", { body });
  const message = expect.stringContaining("AWS IoT Core");
  expect((await call([{ topic: "a" }])).json).toMatchObject({ code: "BAD_REQUEST", message });
  expect(await call([])).toMatchObject({ status: 200, json: [] });
  expect((await call()).json).toEqual([]);
});
