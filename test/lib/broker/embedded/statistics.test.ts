import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import { generate, type Packet } from "mqtt-packet";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message } from "../../../../lib/broker/broker.ts";
import type { ClientStatistics } from "../../../../lib/records/client-statistics.ts";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

const of = (clientid: string) => setup.broker.statistics.of([clientid]).get(clientid);

/** Waits until what was counted is as expected. */
const expectCounted = (clientid: string, expected: Partial<ClientStatistics>) =>
  vi.waitFor(() => expect(of(clientid)).toMatchObject(expected));

const message = (topic: string, qos: 0 | 1 | 2): Message => ({
  ...{ topic, qos, retain: false },
  payload: Buffer.from("hello"),
});

/** Has a client take messages without acknowledging them. */
function neverAcknowledge(client: MqttClient): void {
  client.handleMessage = () => {};
}

// The figures of a client with MQTT 3.1.1 are those of EMQX 5.8.9 for the same packets; with MQTT 5 its CONNACK is longer.
describe.each([
  [4, { connect: 19, connack: 4, subscribe: 12, suback: 5, publish: 18, pubrel: 4 }],
  [5, { connect: 20, connack: 15, subscribe: 13, suback: 6, publish: 19, pubrel: 6 }],
] as const)("of a client with protocol version %d are counted", (protocolVersion, bytes) => {
  test("bytes, packets and messages, in both directions and for each quality of service", async () => {
    const { mqtt } = await setup.connect("stats", { protocolVersion });
    const connected = { recv_oct: bytes.connect, recv_cnt: 1, recv_pkt: 1, recv_msg: 0 };
    await expectCounted("stats", { ...connected, send_oct: bytes.connack, send_cnt: 1, send_pkt: 1 });

    await mqtt.subscribeAsync("topic", { qos: 2 });
    const subscribed = { recv_oct: bytes.connect + bytes.subscribe, recv_pkt: 2, recv_cnt: 2 };
    await expectCounted("stats", { ...subscribed, send_oct: bytes.connack + bytes.suback, send_pkt: 2 });

    for (const qos of [0, 1, 2] as const) await mqtt.publishAsync("cls-out/0", "hello", { qos });
    // PUBLISH three times, and a PUBREL; PUBACK, PUBREC and PUBCOMP.
    const published = { recv_msg: 3, "recv_msg.qos0": 1, "recv_msg.qos1": 1, "recv_msg.qos2": 1 };
    await expectCounted("stats", { ...published, recv_pkt: 6, send_pkt: 5, send_msg: 0 });
    const { recv_oct } = of("stats") as ClientStatistics;
    const messageIds = 2 * 2;
    expect(recv_oct).toBe(subscribed.recv_oct + 3 * bytes.publish + messageIds + bytes.pubrel);

    for (const qos of [0, 1, 2] as const) await setup.broker.publish(message("topic", qos));
    const received = { send_msg: 3, "send_msg.qos0": 1, "send_msg.qos1": 1, "send_msg.qos2": 1 };
    // PUBACK, PUBREC and PUBCOMP; PUBLISH three times, and a PUBREL.
    await expectCounted("stats", { ...received, recv_pkt: 9, send_pkt: 9, recv_msg: 3, inflight_cnt: 0 });

    mqtt.sendPing();
    await expectCounted("stats", { recv_pkt: 10, send_pkt: 10, recv_msg: 3, send_msg: 3 });
  });

  test("messages that it has not acknowledged", async () => {
    const { mqtt } = await setup.connect("stats", { protocolVersion });
    await mqtt.subscribeAsync("topic", { qos: 2 });
    neverAcknowledge(mqtt);
    for (const qos of [1, 2, 0, 1] as const) await setup.broker.publish(message("topic", qos));
    await expectCounted("stats", { send_msg: 4, inflight_cnt: 3, inflight_max: 32 });
  });
});

test("messages of QoS 2 wait for the PUBREL of the client that sent them", async () => {
  const socket = createConnection(setup.port, "127.0.0.1");
  const send = (packet: Packet) => socket.write(generate(packet));
  const hello = { cmd: "publish", topic: "t", payload: "hello", dup: false, retain: false, qos: 2 } as const;
  send({
    cmd: "connect",
    clientId: "stats",
    protocolId: "MQTT",
    protocolVersion: 4,
    clean: true,
    keepalive: 0,
  });
  send({ ...hello, messageId: 1 });
  send({ ...hello, messageId: 2 });
  send({ ...hello, messageId: 2, dup: true });
  await expectCounted("stats", { "recv_msg.qos2": 3, awaiting_rel_cnt: 2 });
  send({ cmd: "pubrel", messageId: 1 });
  await expectCounted("stats", { recv_msg: 3, awaiting_rel_cnt: 1 });
  socket.destroy();
});

test("a client of MQTT 5 that fails with a message of QoS 2 has acknowledged it", async () => {
  const { mqtt } = await setup.connect("stats", {
    protocolVersion: 5,
    customHandleAcks: (_topic, _payload, _packet, done) => done(0x83 as never, 0x83),
  });
  await mqtt.subscribeAsync("topic", { qos: 2 });
  await setup.broker.publish(message("topic", 2));
  await expectCounted("stats", { send_msg: 1, recv_pkt: 3, inflight_cnt: 0 });
});

test("a client of MQTT 5 lets as many messages stand unacknowledged as it says, and 32 at most", async () => {
  const limited = (receiveMaximum: number) =>
    ({ protocolVersion: 5, properties: { receiveMaximum } }) as const;
  await setup.connect("few", limited(20));
  await setup.connect("many", limited(1_000));
  await expectCounted("few", { inflight_max: 20 });
  await expectCounted("many", { inflight_max: 32 });
});

test("what passes through a WebSocket is counted as MQTT has it", async () => {
  const { mqtt } = await setup.connect("web", { over: "ws" });
  await mqtt.subscribeAsync("topic", { qos: 1 });
  await expectCounted("web", { recv_oct: 17 + 12, recv_pkt: 2, send_oct: 9, send_pkt: 2 });
});

test("a message that is larger than what a network takes at once is one packet", async () => {
  const { mqtt, received } = await setup.connect("large");
  await mqtt.subscribeAsync("topic", { qos: 0 });
  await setup.broker.publish({ ...message("topic", 0), payload: Buffer.alloc(900_000) });
  await vi.waitFor(() => expect(received).toHaveLength(1));
  await expectCounted("large", { send_pkt: 3, send_msg: 1 });
  expect(of("large")?.send_oct).toBe(9 + 900_000 + "topic".length + 2 + 4);
});

describe("a session that is kept", () => {
  const count = { recv_pkt: 3, recv_msg: 0, send_pkt: 2, send_msg: 0 };

  async function leave(): Promise<void> {
    const client = await setup.connectPersistent("kept");
    await client.mqtt.subscribeAsync("topic", { qos: 1 });
    await setup.disconnect(client);
  }

  test("shows what was counted last while its client is away", async () => {
    await leave();
    expect(of("kept")).toMatchObject(count);
  });

  test("begins anew when its client returns", async () => {
    await leave();
    await setup.connectPersistent("kept");
    await expectCounted("kept", { recv_pkt: 1, send_pkt: 1 });
  });

  test("is forgotten when it is discarded", async () => {
    await leave();
    await setup.broker.kick("kept");
    expect(of("kept")).toBeUndefined();
  });
});

describe("what is on its way to a client", () => {
  const publish = async (count: number, given: Partial<Message> = {}) => {
    for (let n = 0; n < count; n += 1) await setup.broker.publish({ ...message("topic", 1), ...given });
  };
  const nothing = { mqueue_len: 0, mqueue_dropped: 0, inflight_cnt: 0, "send_msg.dropped": 0 };

  async function leave(): Promise<void> {
    const client = await setup.connectPersistent("kept");
    await client.mqtt.subscribeAsync("topic", { qos: 1 });
    await setup.disconnect(client);
  }

  test("waits while it is away, and after a restart", async () => {
    await leave();
    expect(of("kept")).toMatchObject(nothing);
    await publish(3);
    expect(of("kept")).toMatchObject({ ...nothing, mqueue_len: 3, inflight_max: 32, recv_pkt: 3 });
    setup = await setup.restart();
    expect(of("kept")).toMatchObject({ ...nothing, mqueue_len: 3, inflight_max: 32 });
    expect(of("kept")).not.toHaveProperty("recv_pkt");
    await setup.connectPersistent("kept");
    await expectCounted("kept", { ...nothing, send_msg: 3 });
  });

  test("gives way to newer messages; the session remembers that, the connection does not", async () => {
    await leave();
    await publish(1_003);
    const dropped = { "send_msg.dropped": 3, "send_msg.dropped.queue_full": 3 };
    expect(of("kept")).toMatchObject({ mqueue_len: 1_000, mqueue_dropped: 3, ...dropped });
    await setup.connectPersistent("kept");
    await expectCounted("kept", { ...nothing, mqueue_dropped: 3, "send_msg.dropped.queue_full": 0 });
  });

  test("is dropped if its time is over when the client comes", async () => {
    await leave();
    await publish(2, { properties: { message_expiry_interval: 1 } });
    await publish(1);
    expect(of("kept")).toMatchObject({ mqueue_len: 3, "send_msg.dropped": 0 });
    await sleep(1_100);
    await setup.connectPersistent("kept");
    const dropped = { "send_msg.dropped": 2, "send_msg.dropped.expired": 2 };
    await expectCounted("kept", { ...nothing, ...dropped, send_msg: 1 });
  });

  test("is dropped if it is larger than the client takes", async () => {
    const { mqtt } = await setup.connect("small", {
      protocolVersion: 5,
      properties: { maximumPacketSize: 100 },
    });
    await mqtt.subscribeAsync("topic", { qos: 2 });
    for (const qos of [0, 1, 2] as const) await publish(1, { qos, payload: Buffer.alloc(200) });
    const dropped = { "send_msg.dropped": 3, "send_msg.dropped.too_large": 3 };
    await expectCounted("small", { ...nothing, ...dropped, send_msg: 0 });
  });

  test("is in flight up to the window of the connection, also where the one before had a larger one", async () => {
    const limited = (receiveMaximum: number) =>
      ({
        clean: false,
        protocolVersion: 5,
        properties: { receiveMaximum, sessionExpiryInterval: 60 },
      }) as const;
    const wide = await setup.connect("kept", limited(5));
    neverAcknowledge(wide.mqtt);
    await wide.mqtt.subscribeAsync("topic", { qos: 1 });
    await publish(8);
    await expectCounted("kept", { inflight_cnt: 5, inflight_max: 5, mqueue_len: 3 });
    wide.mqtt.stream.destroy();
    await vi.waitFor(() => expect(setup.of("disconnected", "kept")).toHaveLength(1));
    expect(of("kept")).toMatchObject({ inflight_cnt: 5, inflight_max: 5, mqueue_len: 3 });
    const narrow = await setup.connect("kept", limited(2));
    await expectCounted("kept", { inflight_max: 2 });
    expect(of("kept")?.inflight_cnt).toBeLessThanOrEqual(2);
    await vi.waitFor(() => expect(narrow.received).toHaveLength(8));
    await expectCounted("kept", { ...nothing, inflight_max: 2 });
  });
});

test("nothing is known of clients that are not there, and of others besides", async () => {
  const gone = await setup.connect("gone");
  await setup.connect("here");
  await setup.disconnect(gone);
  expect([...setup.broker.statistics.of(["gone", "here", "never"]).keys()]).toEqual(["here"]);
});
