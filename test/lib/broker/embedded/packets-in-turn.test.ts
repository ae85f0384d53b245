import { once } from "node:events";
import { createConnection } from "node:net";
import { buffer } from "node:stream/consumers";
import { generate, type Packet, parser } from "mqtt-packet";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { numbers, payloadsOf } from "../../../support/messages.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

/** Sends packets in one segment with the end of the connection, and returns what is answered until the other end. */
async function send(protocolVersion: 4 | 5, ...packets: Packet[]): Promise<Packet[]> {
  const protocol = { protocolId: "MQTT", protocolVersion, keepalive: 60 } as const;
  const persistent = protocolVersion === 5 ? { properties: { sessionExpiryInterval: 100 } } : {};
  const connect = { cmd: "connect", clientId: "raw", clean: false, ...protocol, ...persistent } as Packet;
  const socket = createConnection(setup.port, "127.0.0.1");
  await once(socket, "connect");
  socket.end(Buffer.concat([connect, ...packets].map((packet) => generate(packet, { protocolVersion }))));
  const answers: Packet[] = [];
  const reader = parser({ protocolVersion });
  reader.on("packet", (packet) => answers.push(packet));
  reader.parse(await buffer(socket));
  return answers;
}

const publish = (payload: string, qos: 0 | 1 | 2, messageId = 0) =>
  ({ cmd: "publish", topic: "t", payload, qos, retain: false, dup: false, messageId }) as Packet;
const subscribe = (messageId: number, topic = "t") =>
  ({ cmd: "subscribe", messageId, subscriptions: [{ topic, qos: 1 }] }) as Packet;
const unsubscribe = (messageId: number) =>
  ({ cmd: "unsubscribe", messageId, unsubscriptions: ["t"] }) as Packet;
const disconnect = { cmd: "disconnect" } as Packet;
const commands = (packets: readonly Packet[]) => packets.map(({ cmd }) => cmd);

describe.each([4, 5] as const)("packets that arrive together, version %d", (protocolVersion) => {
  test("a client gets what it publishes right after it has subscribed", async () => {
    const client = await setup.connect("c", { protocolVersion });
    void client.mqtt.subscribeAsync("t");
    void client.mqtt.publishAsync("t", "own");
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(["own"]));
  });

  test("a subscription that follows an unsubscription stays", async () => {
    const { mqtt } = await setup.connect("c", { protocolVersion });
    await mqtt.subscribeAsync("t");
    await Promise.all([mqtt.unsubscribeAsync("t"), mqtt.subscribeAsync("t", { qos: 1 })]);
    expect(await setup.broker.subscriptions("c")).toMatchObject([{ topic: "t", qos: 1 }]);
  });

  test("messages of all QoS arrive in their order, retained and plain ones too", async () => {
    const reader = await setup.connect("reader", { protocolVersion });
    await reader.mqtt.subscribeAsync("t/#", { qos: 2 });
    const { mqtt } = await setup.connect("sender", { protocolVersion });
    await Promise.all(
      numbers(60).map((n) =>
        mqtt.publishAsync("t/1", n, { qos: (Number(n) % 3) as 0 | 1 | 2, retain: Number(n) % 2 === 0 }),
      ),
    );
    await vi.waitFor(() => expect(reader.received).toHaveLength(60));
    const withoutQos2 = (all: string[]) => all.filter((n) => Number(n) % 3 !== 2);
    expect(withoutQos2(payloadsOf(reader))).toEqual(withoutQos2(numbers(60)));
    expect(String((await setup.broker.retained("t/1"))?.payload)).toBe("58");
  });

  test("what comes with the end of the connection is done and answered", async () => {
    const reader = await setup.connect("reader");
    await reader.mqtt.subscribeAsync("t");
    const answers = await send(
      protocolVersion,
      subscribe(1, "kept"),
      publish("0", 0),
      publish("1", 1, 2),
      disconnect,
    );
    expect(commands(answers)).toEqual(["connack", "suback", "puback"]);
    await vi.waitFor(() => expect(payloadsOf(reader)).toEqual(["0", "1"]));
    await vi.waitFor(() => expect(setup.of("disconnected", "raw")).toHaveLength(1));
    expect(await setup.broker.subscriptions("raw")).toMatchObject([{ topic: "kept" }]);
    expect(commands(await send(protocolVersion, subscribe(1), unsubscribe(2), disconnect))).toContain(
      "unsuback",
    );
    expect(await setup.broker.subscriptions("raw")).toMatchObject([{ topic: "kept" }]);
  });

  test("a connection that ends without a goodbye is over after its last packet", async () => {
    const reader = await setup.connect("reader");
    await reader.mqtt.subscribeAsync("t");
    await send(protocolVersion, publish("0", 0), publish("1", 0));
    expect(await setup.broker.session("raw")).toMatchObject({ connected: false });
    await vi.waitFor(() => expect(payloadsOf(reader)).toEqual(["0", "1"]));
  });
});
