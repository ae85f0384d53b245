import type { Socket } from "node:net";
import type { Packet } from "mqtt-packet";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message } from "../../../../lib/broker/broker.ts";
import { type EmbeddedClient, EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { messageTo, payloadsOf } from "../../../support/messages.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

const publish = (topic: string, given?: Partial<Message>) => setup.broker.publish(messageTo(topic, given));

/** A client that was connected with a persistent session, subscribed with QoS 1, and left. */
async function leave(clientid: string, ...filters: string[]): Promise<void> {
  const client = await setup.connectPersistent(clientid);
  await client.mqtt.subscribeAsync(filters, { qos: 1 });
  await setup.disconnect(client);
}

test("a client that is kicked out loses its connection, and is told of once", async () => {
  const client = await setup.connect("c");
  await client.mqtt.subscribeAsync("t");
  expect(await setup.broker.kick("c")).toBe(true);
  await client.closed;
  expect(setup.of("disconnected", client)).toHaveLength(1);
  expect(setup.of("unsubscribed", client)).toEqual([]);
  expect(await setup.broker.session("c")).toBeUndefined();
  expect(await publish("t")).toBe("unmatched");
  expect(await setup.broker.kick("c")).toBe(false);
});

test("a client that is kicked out while it is away loses what waits for it, whether it was sent before or not", async () => {
  const client = await setup.connectPersistent("c", { customHandleAcks: () => {} });
  await client.mqtt.subscribeAsync("t", { qos: 1 });
  // It never acknowledges this one.
  client.mqtt.handleMessage = () => {};
  await publish("t", { qos: 1 });
  await vi.waitFor(() => expect(client.received).toHaveLength(1));
  client.mqtt.stream.destroy();
  await vi.waitFor(() => expect(setup.of("disconnected", "c")).toHaveLength(1));
  for (const payload of ["1", "2", "3"]) await publish("t", { qos: 1, payload: Buffer.from(payload) });
  expect(await setup.broker.kick("c")).toBe(true);
  expect(await publish("t", { qos: 1 })).toBe("unmatched");
  const again = await setup.connectPersistent("c");
  expect(await setup.broker.subscriptions("c")).toEqual([]);
  await again.mqtt.subscribeAsync("t", { qos: 1 });
  await again.mqtt.subscribeAsync("end");
  await publish("end");
  await vi.waitFor(() => expect(payloadsOf(again)).toEqual(["end"]));
});

test("a client that is kicked out while it is connected loses its session too", async () => {
  const { mqtt, closed } = await setup.connectPersistent("c");
  await mqtt.subscribeAsync("t", { qos: 1 });
  expect(await setup.broker.kick("c")).toBe(true);
  await closed;
  expect(await publish("t", { qos: 1 })).toBe("unmatched");
  setup = await setup.restart();
  expect(await setup.broker.session("c")).toBeUndefined();
  expect(await publish("t", { qos: 1 })).toBe("unmatched");
});

test("a client that is kicked out does not take others with it", async () => {
  await leave("other", "t");
  await leave("other/1", "t");
  await setup.broker.kick("other");
  expect(await setup.broker.subscriptions("other/1")).toMatchObject([{ topic: "t", qos: 1 }]);
  expect(await publish("t", { qos: 1 })).toBe("delivered");
});

test.each([
  [{}, ["will", "end"]],
  [{ preventWill: true }, ["end"]],
])("kicked out with %j, a client has others get %j", async (options, expected) => {
  const heir = await setup.connect("heir");
  await heir.mqtt.subscribeAsync("#");
  const will = { topic: "last", payload: Buffer.from("will"), qos: 0, retain: false } as const;
  await setup.connect("c", { will });
  await setup.broker.kick("c", options);
  await publish("end");
  await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(expected));
});

test("a will that waits comes once its time has passed, though its client is long gone", async () => {
  const published: Packet[] = [];
  const onPacket = (packet: Packet) => packet.cmd === "publish" && published.push(packet);
  const heir = await setup.connect("heir", { protocolVersion: 5, onPacket });
  await heir.mqtt.subscribeAsync("#");
  const will = { topic: "last", payload: Buffer.from("will"), qos: 0, retain: false } as const;
  const { mqtt } = await setup.connect("c", {
    protocolVersion: 5,
    reconnectPeriod: 0,
    properties: { sessionExpiryInterval: 60 },
    will: { ...will, properties: { willDelayInterval: 1, contentType: "text/plain" } },
  });
  mqtt.stream.destroy();
  await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["will"]), { timeout: 5_000 });
  expect(published).toMatchObject([{ properties: { contentType: "text/plain" } }]);
  expect(published[0]).not.toHaveProperty("properties.willDelayInterval");
});

test("nobody is kicked out twice, and a client that never came is not told of", async () => {
  await leave("away", "t");
  expect(await Promise.all([setup.broker.kick("away"), setup.broker.kick("stranger")])).toEqual([
    true,
    false,
  ]);
  expect(await setup.broker.kick("away")).toBe(false);
  expect(setup.of(undefined, "stranger")).toEqual([]);
});

/** The reason codes of the DISCONNECT packets that a client gets. */
function reasonsTo({ mqtt }: EmbeddedClient): unknown[] {
  const reasons: unknown[] = [];
  mqtt.on("packetreceive", (packet) => {
    if (packet.cmd === "disconnect") reasons.push(packet.reasonCode);
  });
  return reasons;
}

describe("a client of MQTT 5 is told why it loses its connection", () => {
  test("when it is kicked out: administrative action", async () => {
    const client = await setup.connect("c", { protocolVersion: 5 });
    const reasons = reasonsTo(client);
    expect(await setup.broker.kick("c")).toBe(true);
    await client.closed;
    expect(reasons).toEqual([0x98]);
  });

  test("when another one takes its place: session taken over", async () => {
    const client = await setup.connect("c", { protocolVersion: 5 });
    const reasons = reasonsTo(client);
    await setup.connect("c", { protocolVersion: 5 });
    await client.closed;
    expect(reasons).toEqual([0x8e]);
  });
});

test("a client that does not read is kicked out without being waited for", async () => {
  const client = await setup.connect("c", { protocolVersion: 5 });
  await client.mqtt.subscribeAsync("t");
  (client.mqtt.stream as Socket).pause();
  const payload = Buffer.alloc(8_000_000);
  // More than the network and all buffers between take.
  for (let n = 0; n < 3; n += 1) setup.broker.publish(messageTo("t", { payload })).catch(() => {});
  await vi.waitFor(() => expect(setup.broker.statistics.of(["c"]).get("c")?.send_msg).toBeGreaterThan(0));
  expect(await setup.broker.kick("c")).toBe(true);
  expect(await setup.broker.session("c")).toBeUndefined();
});

test("a client that comes back at once after it was kicked out gets what it subscribes to", async () => {
  for (let n = 0; n < 20; n += 1) {
    const { mqtt, closed } = await setup.connectPersistent("c");
    await mqtt.subscribeAsync("t", { qos: 1 });
    const kicked = setup.broker.kick("c");
    await closed;
    const again = await setup.connectPersistent("c");
    await again.mqtt.subscribeAsync("t", { qos: 1 });
    await kicked;
    await publish("t", { qos: 1 });
    await vi.waitFor(() => expect(payloadsOf(again)).toEqual(["t"]));
  }
});
