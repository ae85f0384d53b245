import type { Packet } from "mqtt-packet";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message, QueuedMessage } from "../../../../lib/broker/broker.ts";
import { retainerRules } from "../../../../lib/records/retainer-settings.ts";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { numbers, payloadsOf } from "../../../support/messages.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

const publish = (payload: string, given: Partial<Message> = {}) =>
  setup.broker.publish({ topic: "t/1", payload: Buffer.from(payload), qos: 1, retain: false, ...given });

const texts = (messages: QueuedMessage[] | undefined) => messages?.map(({ payload }) => String(payload));
const waiting = async (id: string) => texts(await setup.broker.queues.waiting(id));
const inFlight = async (id: string) => texts(await setup.broker.queues.inFlight(id));

/** A client that subscribes to everything below `t`, and acknowledges when it is told to. */
async function silent(clientid: string, given: Parameters<EmbeddedSetup["connect"]>[1] = {}) {
  const acks: (() => void)[] = [];
  const client = await setup.connect(clientid, given);
  client.mqtt.handleMessage = (_, done) => void acks.push(done);
  await client.mqtt.subscribeAsync("t/#", { qos: 2 });
  const acknowledge = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      await vi.waitFor(() => expect(acks.length).toBeGreaterThan(0));
      acks.shift()?.();
    }
  };
  return { ...client, acknowledge };
}

/** A client that was connected with a persistent session, subscribed, and left. */
async function leave(clientid: string, qos: 0 | 1 | 2 = 2): Promise<void> {
  const client = await setup.connectPersistent(clientid);
  await client.mqtt.subscribeAsync("t/#", { qos });
  await setup.disconnect(client);
}

describe("a session whose client is away", () => {
  test("keeps what is published, of every QoS and in its order, and its client gets just that", async () => {
    await leave("away");
    for (const n of numbers(30)) await publish(n, { qos: (Number(n) % 3) as 0 | 1 | 2 });
    expect(await waiting("away")).toEqual(numbers(30));
    expect(await inFlight("away")).toEqual([]);
    const client = await setup.connectPersistent("away");
    await vi.waitFor(() => expect(payloadsOf(client).sort()).toEqual(numbers(30).sort()));
    // The client hands QoS 2 on when it is released.
    for (const { payload, qos } of client.received) expect(qos).toBe(Number(payload) % 3);
    await vi.waitFor(async () => expect([await waiting("away"), await inFlight("away")]).toEqual([[], []]));
  });

  test("shows what is known of a message, also after a restart", async () => {
    await leave("away");
    const { mqtt } = await setup.connect("sender", { username: "somebody", protocolVersion: 5 });
    await mqtt.publishAsync("t/x", "hello", { qos: 1, properties: { userProperties: { a: "b" } } });
    await (await setup.connect("nameless")).mqtt.publishAsync("t/y", "hello", { qos: 2 });
    await publish("api", { msgid: "000611F460D57FA9F44500000D360002" });
    const shown = await vi.waitUntil(async () => {
      const found = await setup.broker.queues.waiting("away");
      return found?.length === 3 && found;
    });
    expect(shown).toMatchObject([
      { topic: "t/x", qos: 1, from_clientid: "sender", from_username: "somebody" },
      { topic: "t/y", qos: 2, from_clientid: "nameless", from_username: null },
      { topic: "t/1", msgid: "000611F460D57FA9F44500000D360002", from_clientid: "http_api" },
    ]);
    expect(shown[2]).not.toHaveProperty("from_username");
    for (const { msgid, publish_at } of shown) {
      expect(msgid).toMatch(/^[\dA-F]{32}$/);
      expect(Math.abs(publish_at - Date.now())).toBeLessThan(60_000);
    }
    setup = await setup.restart();
    expect(await setup.broker.queues.waiting("away")).toEqual(shown);
    const packets: object[] = [];
    const again = await setup.connectPersistent("away", {
      protocolVersion: 5,
      properties: { sessionExpiryInterval: 60 },
    });
    again.mqtt.on("message", (_, __, packet) => packets.push(packet.properties ?? {}));
    await vi.waitFor(() => expect(again.received).toHaveLength(3));
  });

  test("numbers its messages by the time at which they came, each later than the one before, over restarts too", async () => {
    await leave("away");
    for (const n of numbers(20)) await publish(n);
    setup = await setup.restart();
    for (const n of numbers(20, 20)) await publish(n);
    const found = (await setup.broker.queues.waiting("away")) ?? [];
    const times = found.map(({ inserted_at }) => BigInt(inserted_at));
    expect(texts(found)).toEqual(numbers(40));
    expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new Set(times).size).toBe(40);
    expect(Math.abs(Number(times[0]) / 1e6 - Date.now())).toBeLessThan(60_000);
  });

  test("drops the oldest message, whatever its QoS, when more than 1,000 wait", async () => {
    await leave("away");
    for (const n of numbers(1_003)) await publish(n, { qos: n === "0" ? 2 : 0 });
    expect(await waiting("away")).toEqual(numbers(1_000, 3));
    setup = await setup.restart();
    expect(await waiting("away")).toEqual(numbers(1_000, 3));
  });

  test("forgets a message when its time is over", async () => {
    await leave("away");
    await publish("short", { properties: { message_expiry_interval: 1 } });
    await publish("long", { properties: { message_expiry_interval: 100 } });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const options = { protocolVersion: 5, properties: { sessionExpiryInterval: 60 } } as const;
    const client = await setup.connectPersistent("away", options);
    let left: number | undefined;
    client.mqtt.on("message", (_, __, { properties }) => (left = properties?.messageExpiryInterval));
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(["long"]));
    expect(left === undefined || left < 100).toBe(true);
  });

  test("gets nothing for a subscription of which it was told that it has QoS 0 but with QoS 0", async () => {
    await leave("away", 0);
    await publish("1", { qos: 2 });
    expect((await setup.broker.queues.waiting("away"))?.map(({ qos }) => qos)).toEqual([0]);
  });
});

describe("a connected client that acknowledges nothing", () => {
  test.each([true, false])(
    "has 32 messages in flight, and the others wait (clean session: %s)",
    async (clean) => {
      const client = await silent("c", { clean });
      for (const n of numbers(100)) await publish(n);
      expect(await inFlight("c")).toEqual(numbers(32));
      expect(await waiting("c")).toEqual(numbers(68, 32));
      await client.acknowledge(1);
      await vi.waitFor(async () => expect(await inFlight("c")).toEqual(numbers(32, 1)));
      expect(await waiting("c")).toEqual(numbers(67, 33));
      await client.acknowledge(99);
      await vi.waitFor(async () => expect([await inFlight("c"), await waiting("c")]).toEqual([[], []]));
      expect(payloadsOf(client)).toEqual(numbers(100));
    },
  );

  test("gets QoS 0 past what waits", async () => {
    const client = await silent("c");
    client.mqtt.handleMessage = () => {};
    const seen: string[] = [];
    client.mqtt.on("packetreceive", (packet) => packet.cmd === "publish" && seen.push(`${packet.payload}`));
    for (const n of numbers(40)) await publish(n);
    await publish("now", { qos: 0 });
    expect(await waiting("c")).toEqual(numbers(8, 32));
  });

  test("has fewer in flight if it asks for that", async () => {
    await silent("c", { protocolVersion: 5, properties: { receiveMaximum: 3 } });
    for (const n of numbers(10)) await publish(n);
    expect(await inFlight("c")).toEqual(numbers(3));
    expect(await waiting("c")).toEqual(numbers(7, 3));
  });

  test("shows the time at which a message was sent as that of its place in flight", async () => {
    const client = await silent("c");
    for (const n of numbers(33)) await publish(n);
    const [queued] = (await setup.broker.queues.waiting("c")) ?? [];
    await client.acknowledge(1);
    await vi.waitFor(async () => expect(await waiting("c")).toEqual([]));
    const sent = (await setup.broker.queues.inFlight("c"))?.at(-1);
    expect(sent?.msgid).toBe(queued?.msgid);
    expect(BigInt(sent?.inserted_at ?? 0)).toBeGreaterThan(BigInt(queued?.inserted_at ?? 0));
  });

  test("loses what was on its way with its connection, if its session is clean", async () => {
    const client = await silent("c");
    await publish("1");
    client.mqtt.stream.destroy();
    await vi.waitFor(async () => expect(await inFlight("c")).toBeUndefined());
    expect(await waiting("c")).toBeUndefined();
  });
});

describe("a client that comes back", () => {
  /** Connects a client with its session, and notes the packets that it is sent from the first on. */
  async function resume(clientid: string) {
    const sent: string[] = [];
    const note = (packet: Packet) => {
      if (packet.cmd === "publish") sent.push(packet.dup ? `${packet.payload} again` : `${packet.payload}`);
      if (packet.cmd === "pubrel") sent.push("release");
    };
    const client = await setup.connectPersistent(clientid, { onPacket: note });
    return { ...client, sent };
  }

  test.each([false, true])(
    "is sent again what it did not acknowledge, marked as such, before the rest (restart: %s)",
    async (restarted) => {
      const before = await silent("c", { clean: false });
      for (const n of numbers(40)) await publish(n);
      before.mqtt.stream.destroy();
      await vi.waitFor(() => expect(setup.of("disconnected", "c")).toHaveLength(1));
      await publish("40");
      if (restarted) setup = await setup.restart();
      expect(await inFlight("c")).toEqual(numbers(32));
      expect(await waiting("c")).toEqual(numbers(9, 32));
      const { sent, ...client } = await resume("c");
      await vi.waitFor(() => expect(payloadsOf(client)).toEqual(numbers(41)));
      expect(sent).toEqual([...numbers(32).map((n) => `${n} again`), ...numbers(9, 32)]);
      await vi.waitFor(async () => expect([await inFlight("c"), await waiting("c")]).toEqual([[], []]));
    },
  );

  test.each([false, true])(
    "is not sent again what it has of QoS 2, but released from it (restart: %s)",
    async (restarted) => {
      const before = await setup.connectPersistent("c");
      await before.mqtt.subscribeAsync("t/#", { qos: 2 });
      // It gets the message, says so, and does nothing about the release that follows.
      before.mqtt.on("packetreceive", ({ cmd }) => cmd === "pubrel" && before.mqtt.stream.destroy());
      await publish("1", { qos: 2 });
      await before.closed;
      await vi.waitFor(() => expect(setup.of("disconnected", "c")).toHaveLength(1));
      expect(await inFlight("c")).toEqual(["1"]);
      if (restarted) setup = await setup.restart();
      const { sent } = await resume("c");
      await vi.waitFor(async () => expect(await inFlight("c")).toEqual([]));
      expect(sent).toEqual(["release"]);
    },
  );

  test("with a clean start gets nothing of what waited", async () => {
    await leave("c");
    await publish("old");
    const client = await setup.connect("c", { clean: true });
    await client.mqtt.subscribeAsync("t/#", { qos: 1 });
    expect([await waiting("c"), await inFlight("c")]).toEqual([[], []]);
    await publish("new");
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(["new"]));
    setup = await setup.restart();
    expect(await waiting("c")).toBeUndefined();
  });

  test("in place of its own other connection gets each message once", async () => {
    await silent("c", { clean: false });
    for (const n of numbers(5)) await publish(n);
    const second = await setup.connectPersistent("c");
    await vi.waitFor(() => expect(payloadsOf(second)).toEqual(numbers(5)));
    await publish("5");
    await vi.waitFor(() => expect(payloadsOf(second)).toEqual(numbers(6)));
  });
});

describe("MQTT 5", () => {
  const v5 = { protocolVersion: 5 } as const;

  test("a message that the receiver refuses is not in flight any more", async () => {
    const client = await setup.connect("c", {
      ...v5,
      customHandleAcks: (_topic, _payload, _packet, done) => done(0x83),
    });
    await client.mqtt.subscribeAsync("t/#", { qos: 2 });
    await publish("1", { qos: 1 });
    await publish("2", { qos: 2 });
    await vi.waitFor(async () => expect(await inFlight("c")).toEqual([]));
  });

  test("a message that is larger than its receiver takes is not sent, and holds nothing up", async () => {
    const client = await setup.connect("c", { ...v5, properties: { maximumPacketSize: 100 } });
    await client.mqtt.subscribeAsync("t/#", { qos: 1 });
    await publish("x".repeat(200));
    await publish("small");
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(["small"]));
    await vi.waitFor(async () => expect([await inFlight("c"), await waiting("c")]).toEqual([[], []]));
  });

  test("overlapping subscriptions bring a copy each, with its QoS and identifier, as in EMQX", async () => {
    const client = await setup.connect("c", v5);
    await client.mqtt.subscribeAsync("t/#", { qos: 0, properties: { subscriptionIdentifier: 7 } });
    await client.mqtt.subscribeAsync("t/1", { qos: 1, properties: { subscriptionIdentifier: 8 } });
    const copies: unknown[] = [];
    client.mqtt.on("message", (_, __, { qos, properties }) =>
      copies.push({ qos, identifier: properties?.subscriptionIdentifier }),
    );
    await publish("1", { qos: 2 });
    await vi.waitFor(() => expect(copies).toHaveLength(2));
    expect(copies).toContainEqual({ qos: 0, identifier: 7 });
    expect(copies).toContainEqual({ qos: 1, identifier: 8 });
  });

  test("No Local, Retain As Published and retained messages are as they were", async () => {
    const client = await setup.connect("c", v5);
    await client.mqtt.subscribeAsync("n", { qos: 1, nl: true });
    await client.mqtt.subscribeAsync("r/1", { qos: 0, rap: true });
    await client.mqtt.subscribeAsync("r/2", { qos: 0 });
    await client.mqtt.publishAsync("n", "own", { qos: 1 });
    for (const topic of ["r/1", "r/2"]) await publish(topic, { topic, retain: true });
    await vi.waitFor(() => expect(client.received).toHaveLength(2));
    expect(client.received.map(({ payload, retain }) => [payload, retain])).toEqual([
      ["r/1", true],
      ["r/2", false],
    ]);
    await client.mqtt.publishAsync("n", "own", { qos: 1, retain: true });
    await client.mqtt.subscribeAsync("n", { qos: 1, nl: true });
    await client.mqtt.publishAsync("r/2", "end");
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(["r/1", "r/2", "end"]));
    const later = await setup.connect("later", v5);
    await later.mqtt.subscribeAsync("r/#", { qos: 0 });
    await vi.waitFor(() => expect(later.received).toHaveLength(2));
    expect(later.received.every(({ qos, retain }) => qos === 0 && retain)).toBe(true);
  });
});

test("more retained messages than may wait reach who subscribes to them", async () => {
  setup.broker.retainer.configure(retainerRules({ max_publish_rate: "infinity" }));
  for (const n of numbers(1_500)) await publish(n, { topic: `kept/${n}`, retain: true });
  const client = await setup.connect("c");
  await client.mqtt.subscribeAsync("kept/#", { qos: 1 });
  await vi.waitFor(() => expect(new Set(payloadsOf(client)).size).toBe(1_500), { timeout: 10_000 });
});

test("a burst of more messages than may wait reaches a client that acknowledges them", async () => {
  const client = await setup.connect("c");
  await client.mqtt.subscribeAsync("t/#", { qos: 1 });
  const { mqtt } = await setup.connect("sender");
  await Promise.all(numbers(10_000).map((n) => mqtt.publishAsync("t/1", n, { qos: 1 })));
  await vi.waitFor(() => expect(client.received).toHaveLength(10_000), { timeout: 50_000 });
  expect(payloadsOf(client)).toEqual(numbers(10_000));
});

test("a client that stands still holds nobody up", async () => {
  await silent("stuck");
  const other = await setup.connect("other");
  await other.mqtt.subscribeAsync("t/#", { qos: 1 });
  for (const n of numbers(1_500)) await publish(n);
  await vi.waitFor(() => expect(other.received).toHaveLength(1_500));
  expect(await waiting("stuck")).toEqual(numbers(1_000, 500));
});
