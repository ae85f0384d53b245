import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Extension } from "../../../../lib/broker/embedded/extension.ts";
import { captureLog } from "../../../support/captured-log.ts";
import { EmbeddedApi } from "../../../support/embedded-api.ts";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";

let embedded: EmbeddedApi;

beforeAll(async () => {
  embedded = await EmbeddedApi.start();
});
afterAll(() => embedded.close());

const numbered = (bytes: Buffer) =>
  Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);

function varint(number: number): Buffer {
  const bytes: number[] = [];
  for (let rest = number; ; rest >>= 7) {
    bytes.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}

const withLength = (bytes: Buffer) => Buffer.concat([varint(bytes.length), bytes]);
const packet = (head: number, ...parts: Buffer[]) =>
  Buffer.concat([Buffer.from([head]), withLength(Buffer.concat(parts))]);

const malformed = Buffer.alloc(60_000, 0xff);
const connectPacket = packet(
  0x10,
  numbered(Buffer.from("MQTT")),
  Buffer.from([5, 2, 0, 60, 0]),
  numbered(Buffer.from("sender")),
);

test.each([
  ["a topic", packet(0x30, numbered(malformed), varint(0), Buffer.from("x"))],
  [
    "a content type",
    packet(
      0x30,
      numbered(Buffer.from("t")),
      withLength(Buffer.concat([Buffer.from([3]), numbered(malformed)])),
    ),
  ],
  [
    "a user property",
    packet(
      0x30,
      numbered(Buffer.from("t")),
      withLength(Buffer.concat([Buffer.from([38]), numbered(Buffer.from("a")), numbered(malformed)])),
    ),
  ],
  ["a filter", packet(0x82, Buffer.from([0, 1]), varint(0), numbered(malformed), Buffer.from([0]))],
  [
    "a cut off user property",
    packet(0x30, numbered(Buffer.from("t")), withLength(Buffer.from([38, 0, 1, 97, 0, 99, 98]))),
  ],
  [
    "cut off correlation data",
    packet(0x30, numbered(Buffer.from("t")), withLength(Buffer.from([9, 9, 9, 97]))),
  ],
  ["too long properties", packet(0x30, numbered(Buffer.from("t")), Buffer.from([99, 9, 0, 1, 97]))],
  [
    "a property that goes on behind all",
    packet(0x30, numbered(Buffer.from("t")), Buffer.from([3, 9, 0, 4, 97])),
  ],
])(
  "[MQTT-1.5.4-1, MQTT-4.13.1-1] a client that sends %s that is malformed is disconnected, and nobody else",
  async (_, bytes) => {
    const reader = await embedded.setup.connect("reader");
    await reader.mqtt.subscribeAsync("#");
    const socket = connect(embedded.setup.port, "127.0.0.1");
    const closed = once(socket, "close");
    socket.on("error", () => {});
    socket.write(connectPacket);
    await once(socket, "data");
    socket.resume().write(bytes);
    await closed;
    expect(reader.mqtt.connected).toBe(true);
    expect(reader.received).toEqual([]);
    await embedded.setup.disconnect(reader);
  },
);

test("a text may hold U+FFFD itself", async () => {
  const reader = await embedded.setup.connect("reader");
  await reader.mqtt.subscribeAsync("\ufffd/é");
  await reader.mqtt.publishAsync("\ufffd/é", "x", { qos: 1 });
  await reader.mqtt.publishAsync("\ufffd/é", "y", { qos: 1 });
  expect(reader.received.map(({ payload }) => payload)).toContain("x");
  await embedded.setup.disconnect(reader);
});

const long = "ü".repeat(32_768);

test.each([
  ["content_type", { content_type: long }],
  ["response_topic", { response_topic: long }],
  ["correlation_data", { correlation_data: long }],
  ["user_properties", { user_properties: { [long]: "a" } }],
  ["user_properties", { user_properties: { a: long } }],
  ["message_expiry_interval", { message_expiry_interval: -1 }],
  ["message_expiry_interval", { message_expiry_interval: 2 ** 32 }],
])("a message whose %s no packet can hold is refused: %#", async (name, properties) => {
  for (const topic of ["t", "$delayed/60/t"]) {
    const body = { topic, payload: "x", properties };
    const { status, json } = await embedded.api.call("POST", "/publish", { body });
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(json.message).toContain(name);
  }
});

test("a client whose connection breaks off while it is looked who that is was never connected", async () => {
  const slow: Extension = { admits: () => sleep(100).then(() => true) };
  const setup = await EmbeddedSetup.start(undefined, [slow]);
  const socket = connect(setup.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(connectPacket);
  await sleep(50);
  socket.resetAndDestroy();
  await sleep(300);
  expect(setup.events).toEqual([]);
  expect((await setup.broker.session("sender"))?.connected ?? false).toBe(false);
  const client = await setup.connect("sender");
  expect(await setup.broker.session("sender")).toMatchObject({ connected: true });
  await setup.disconnect(client);
  await setup.close();
});

test.each(["+a", "a+", "a/+b", "a#", "a/#/b", "a\0b"])(
  "nobody subscribes to %j, which is no topic filter",
  async (filter) => {
    const setup = await EmbeddedSetup.start();
    const client = await setup.connect("c", { protocolVersion: 5 });
    const reasons: unknown[] = [];
    client.mqtt.on("disconnect", ({ reasonCode }) => reasons.push(reasonCode));
    client.mqtt.stream.write(
      packet(0x82, Buffer.from([0, 1, 0]), numbered(Buffer.from(filter)), Buffer.from([0])),
    );
    await client.closed;
    expect(reasons).toEqual([0x8f]);
    await setup.close();
  },
);

test.each(["a/+", "#", "a\0b"])("a will to %j, which is no topic name, reaches nobody", async (topic) => {
  const log = captureLog();
  const setup = await EmbeddedSetup.start();
  const reader = await setup.connect("reader");
  await reader.mqtt.subscribeAsync("#");
  const will = { topic, payload: Buffer.from("x"), qos: 0 as const, retain: false };
  const client = await setup.connect("c", { will });
  client.mqtt.stream.destroy();
  await vi.waitFor(() => expect(log.text()).toContain("a will was not published"));
  await setup.broker.publish({ topic: "end", payload: Buffer.from("end"), qos: 0, retain: false });
  await vi.waitFor(() => expect(reader.received.map((it) => it.topic)).toEqual(["end"]));
  await setup.close();
});

test("a packet that is larger than EMQX takes ends the connection, which MQTT 5 is told", async () => {
  const setup = await EmbeddedSetup.start();
  const client = await setup.connect("c", { protocolVersion: 5 });
  const reasons: unknown[] = [];
  client.mqtt.on("disconnect", ({ reasonCode }) => reasons.push(reasonCode));
  client.mqtt.publish("t", Buffer.alloc(1_048_576));
  await client.closed;
  expect(reasons).toEqual([0x95]);
  await setup.close();
});
