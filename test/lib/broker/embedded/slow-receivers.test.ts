import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Message } from "../../../../lib/broker/broker.ts";
import { type EmbeddedClient, EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { messageTo, numbers, payloadsOf } from "../../../support/messages.ts";

let setup: EmbeddedSetup;
let other: EmbeddedClient;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
  other = await setup.connect("other");
  await other.mqtt.subscribeAsync("other");
});

afterEach(() => setup.close());

const large = Buffer.alloc(200_000);
const publish = (topic: string, given: Partial<Message> = {}) =>
  setup.broker.publish(messageTo(topic, given));

/** The machine may be busy. */
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 30_000, interval: 50 });

/** A client that subscribes, and then reads nothing any more. */
async function standStill(clientid: string, filter: string): Promise<EmbeddedClient> {
  const client = await setup.connect(clientid);
  await client.mqtt.subscribeAsync(filter, { qos: 0 });
  client.mqtt.stream.pause();
  return client;
}

test("a client that reads nothing holds up no message of the API, and gets later what fits", async () => {
  const stuck = await standStill("stuck", "t");
  for (const _ of numbers(600)) await publish("t", { payload: large });
  await publish("other");
  await eventually(() => expect(payloadsOf(other)).toEqual(["other"]));
  const { "send_msg.dropped.queue_full": dropped = 0 } =
    setup.broker.statistics.of(["stuck"]).get("stuck") ?? {};
  expect(dropped).toBeGreaterThan(100);
  stuck.mqtt.stream.resume();
  await eventually(() => expect(stuck.received).toHaveLength(600 - dropped));
  await eventually(async () => {
    await publish("t", { payload: Buffer.from("last") });
    expect(payloadsOf(stuck)).toContain("last");
  });
});

test("a client that reads nothing holds up its publishers for a moment only", async () => {
  await standStill("stuck", "t");
  const { mqtt } = await setup.connect("sender");
  for (const _ of numbers(60)) await mqtt.publishAsync("t", large, { qos: 1 });
  await mqtt.publishAsync("other", "from sender", { qos: 1 });
  await eventually(() => expect(payloadsOf(other)).toEqual(["from sender"]));
});

test("a burst of QoS 0 reaches a client that reads, whatever its size", async () => {
  const client = await setup.connect("reads");
  await client.mqtt.subscribeAsync("t");
  const { mqtt } = await setup.connect("sender");
  for (const _ of numbers(200)) mqtt.publish("t", large);
  await eventually(() => expect(client.received).toHaveLength(200));
});

test("a message whose user properties are empty reaches clients of MQTT 5, and so do those behind it", async () => {
  const client = await setup.connect("c", { protocolVersion: 5 });
  await client.mqtt.subscribeAsync("t", { qos: 1 });
  for (const qos of [0, 1, 2] as const) await publish("t", { qos, properties: { user_properties: {} } });
  await publish("t", { retain: true, properties: { user_properties: {} } });
  await eventually(() => expect(payloadsOf(client)).toHaveLength(4));
  await client.mqtt.subscribeAsync("t", { qos: 1 });
  await eventually(() => expect(payloadsOf(client)).toHaveLength(5));
});

test("a client that takes messages slowly keeps its publisher waiting, and loses none", async () => {
  const client = await setup.connect("slow");
  client.mqtt.handleMessage = (_, done) => void sleep(1).then(() => done());
  await client.mqtt.subscribeAsync("t", { qos: 1 });
  const { mqtt } = await setup.connect("sender");
  await Promise.all(numbers(2_000).map((n) => mqtt.publishAsync("t", n, { qos: 1 })));
  await eventually(() => expect(payloadsOf(client)).toEqual(numbers(2_000)));
});
