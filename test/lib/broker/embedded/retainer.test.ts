import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type RetainerSettings, retainerRules } from "../../../../lib/records/retainer-settings.ts";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});
afterEach(() => setup.close());

const configure = (given: Partial<RetainerSettings>) => setup.broker.retainer.configure(retainerRules(given));
const retain = (topic: string, payload = "x", message_expiry_interval?: number) =>
  setup.broker.publish({
    ...{ topic, payload: Buffer.from(payload), qos: 0, retain: true },
    ...(message_expiry_interval !== undefined && { properties: { message_expiry_interval } }),
  });
const topics = async () =>
  (await Array.fromAsync(setup.broker.retainedTopics())).map(({ topic }) => topic).sort();

test("a payload at the limit is retained, one above it is not, and the last one stays", async () => {
  configure({ max_payload_size: "5B" });
  await retain("t", "12345");
  await retain("t", "123456");
  await retain("u", "123456");
  expect(await topics()).toEqual(["t"]);
  expect((await setup.broker.retained("t"))?.payload).toEqual(Buffer.from("12345"));
});

test("when the table is full a second topic is refused, and the topic that is there may be replaced", async () => {
  configure({ backend: { max_retained_messages: 1 } });
  await retain("t", "1");
  await retain("u", "2");
  await retain("t", "3");
  expect(await topics()).toEqual(["t"]);
  expect((await setup.broker.retained("t"))?.payload).toEqual(Buffer.from("3"));
});

test("what is refused reaches subscribers all the same", async () => {
  configure({ max_payload_size: 1 });
  const client = await setup.connect("c");
  await client.mqtt.subscribeAsync("t");
  await retain("t", "long");
  await vi.waitFor(() => expect(client.received).toMatchObject([{ payload: "long", retain: false }]));
});

test("a message without a time of its own expires by the settings; 0 stands for ever", async () => {
  configure({ msg_expiry_interval: "50ms" });
  await retain("t");
  await retain("own", "x", 100);
  await retain("ever", "x", 0);
  await vi.waitFor(async () => expect(await setup.broker.retained("t")).toBeUndefined());
  for (const topic of ["own", "ever"]) expect(await setup.broker.retained(topic)).toBeDefined();
});

test("the sweep removes what has expired, at its interval and so many at a time", async () => {
  configure({ msg_expiry_interval: 1 });
  for (const topic of ["a", "b", "c"]) await retain(topic);
  configure({ msg_clear_limit: 2 });
  const later = Date.now() + 1_000;
  await setup.broker.retainer.sweep(later);
  expect(await topics()).toHaveLength(1);
  configure({ msg_clear_interval: "20ms" });
  await vi.waitFor(async () => expect(await topics()).toEqual([]));
});

test("the override shortens what the sweep leaves; what never expires escapes it only if that is allowed", async () => {
  await retain("ever");
  await retain("long", "x", 1_000);
  const later = Date.now() + 60_000;
  await setup.broker.retainer.sweep(later);
  expect(await topics()).toEqual(["ever", "long"]);
  configure({ msg_expiry_interval_override: "30s" });
  await setup.broker.retainer.sweep(later);
  expect(await topics()).toEqual(["ever"]);
  configure({ msg_expiry_interval_override: "30s", allow_never_expire: false });
  await setup.broker.retainer.sweep(later);
  expect(await topics()).toEqual([]);
});

test("subscribers get the empty message that clears a topic, unless the settings hold it back", async () => {
  const client = await setup.connect("c");
  await client.mqtt.subscribeAsync("t");
  await retain("t", "1");
  await retain("t", "");
  configure({ stop_publish_clear_msg: true });
  await retain("t", "2");
  await retain("t", "");
  await retain("t", "3");
  await vi.waitFor(() => expect(client.received.map(({ payload }) => payload)).toEqual(["1", "", "2", "3"]));
});

test("more than the rate allows is not retained", async () => {
  configure({ max_publish_rate: "2/h" });
  for (const topic of ["a", "b", "c"]) await retain(topic);
  expect(await topics()).toEqual(["a", "b"]);
});

test("subscribers are sent retained messages at the rate of the settings", async () => {
  for (const topic of ["a", "b", "c"]) await retain(topic);
  configure({ delivery_rate: "2/500ms" });
  const client = await setup.connect("c");
  const start = Date.now();
  await client.mqtt.subscribeAsync("#");
  await vi.waitFor(() => expect(client.received).toHaveLength(3));
  expect(Date.now() - start).toBeGreaterThan(200);
});

test("messages survive a restart with all that is known of them", async () => {
  const client = await setup.connect("c1", { username: "u1", password: "p", protocolVersion: 5 });
  await client.mqtt.publishAsync("t", "x", {
    ...{ retain: true, qos: 1 },
    properties: { messageExpiryInterval: 100, contentType: "text/plain" },
  });
  const before = await setup.broker.retained("t");
  expect(before).toMatchObject({ from_clientid: "c1", from_username: "u1" });
  setup = await setup.restart();
  expect(await setup.broker.retained("t")).toEqual(before);
  const late = await setup.connect("late", { protocolVersion: 5 });
  const packet = new Promise((resolve) => late.mqtt.once("message", (_topic, _payload, got) => resolve(got)));
  await late.mqtt.subscribeAsync("t");
  expect(await packet).toMatchObject({
    retain: true,
    properties: { contentType: "text/plain", messageExpiryInterval: expect.any(Number) },
  });
});

test("a retained message comes with the QoS of the subscription that brings it, whatever others match", async () => {
  await setup.broker.publish({ topic: "t/1", payload: Buffer.from("x"), qos: 2, retain: true });
  const client = await setup.connect("c");
  for (const [filter, qos] of [
    ["t/1", 2],
    ["t/#", 1],
    ["t/+", 0],
  ] as const) {
    await client.mqtt.subscribeAsync(filter, { qos });
    await vi.waitFor(() => expect(client.received.at(-1)).toMatchObject({ qos, retain: true }));
  }
  expect(client.received).toHaveLength(3);
});
