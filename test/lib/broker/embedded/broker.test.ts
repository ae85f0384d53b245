import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message } from "../../../../lib/broker/broker.ts";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { messageTo, numbers, payloadsOf } from "../../../support/messages.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

const numbered = (count: number, given: (n: number) => Partial<Message>) =>
  Array.from({ length: count }, (_, n) => messageTo("t/1", { payload: Buffer.from(String(n)), ...given(n) }));

const publish = (topic: string, given?: Partial<Message>) => setup.broker.publish(messageTo(topic, given));

/** A client that was connected with a persistent session, subscribed with QoS 1, and left. */
async function leave(clientid: string, ...filters: string[]): Promise<void> {
  const client = await setup.connectPersistent(clientid);
  await client.mqtt.subscribeAsync(filters, { qos: 1 });
  await setup.disconnect(client);
}

describe("publish tells whether anybody gets the message", () => {
  test.each([
    ["t/1", "t/1", "delivered"],
    ["t/+", "t/1", "delivered"],
    ["t/#", "t", "delivered"],
    ["#", "a//b", "delivered"],
    ["$SYS/x", "$SYS/x", "delivered"],
    ["t/1", "t/2", "unmatched"],
    ["+", "t/1", "unmatched"],
    ["#", "$SYS/x", "unmatched"],
  ] as const)("if a client subscribes to %s, %s is %s", async (filter, topic, result) => {
    const { mqtt, received } = await setup.connect("c");
    await mqtt.subscribeAsync(filter);
    expect(await publish(topic, { qos: 1 })).toBe(result);
    if (result === "delivered") {
      await vi.waitFor(() => expect(received).toEqual([{ topic, payload: topic, qos: 0, retain: false }]));
    }
  });

  test("not any more once the last one unsubscribed, or left with its session", async () => {
    const [first, second] = [await setup.connect("a"), await setup.connect("b")];
    for (const { mqtt } of [first, second]) await mqtt.subscribeAsync("t");
    await first.mqtt.unsubscribeAsync("t");
    expect(await publish("t")).toBe("delivered");
    await setup.disconnect(second);
    expect(await publish("t")).toBe("unmatched");
  });

  test("and a session that is kept is somebody, also after a restart", async () => {
    await leave("away", "t/#");
    expect(await publish("t/1", { qos: 1 })).toBe("delivered");
    setup = await setup.restart();
    expect(await publish("t/2", { qos: 1 })).toBe("delivered");
    const client = await setup.connectPersistent("away");
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(["t/1", "t/2"]));
    expect(await publish("t/3", { qos: 1 })).toBe("delivered");
    await client.mqtt.unsubscribeAsync("t/#");
    expect(await publish("t/4", { qos: 1 })).toBe("unmatched");
  });

  test("and a retained message that nobody gets is kept for who comes later", async () => {
    expect(await publish("t", { retain: true })).toBe("unmatched");
    const { mqtt, received } = await setup.connect("c");
    await mqtt.subscribeAsync("t");
    await vi.waitFor(() => expect(received).toEqual([{ topic: "t", payload: "t", qos: 0, retain: true }]));
  });
});

describe("messages that are published at the same time", () => {
  test("all arrive, whatever their QoS", async () => {
    const client = await setup.connect("c");
    await client.mqtt.subscribeAsync("t/#", { qos: 2 });
    const messages = numbered(200, (n) => ({ qos: ([0, 1, 2] as const)[n % 3] ?? 0 }));
    const results = await Promise.all(messages.map((it) => setup.broker.publish(it)));
    expect(new Set(results)).toEqual(new Set(["delivered"]));
    await vi.waitFor(() => expect(client.received).toHaveLength(200), { timeout: 10_000 });
    expect(payloadsOf(client).sort()).toEqual(numbers(200).sort());
  });

  test.each([0, 1, 2] as const)("arrive with QoS %d in the order of the calls", async (qos) => {
    const client = await setup.connect("c");
    await client.mqtt.subscribeAsync("t/#", { qos });
    await Promise.all(numbered(100, () => ({ qos })).map((it) => setup.broker.publish(it)));
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(numbers(100)), { timeout: 10_000 });
  });

  test("wait in their order for a client that is away", async () => {
    await leave("away", "t/#");
    await Promise.all(numbered(100, () => ({ qos: 1 })).map((it) => setup.broker.publish(it)));
    const client = await setup.connectPersistent("away");
    expect(client.sessionPresent).toBe(true);
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(numbers(100)), { timeout: 10_000 });
  });
});

describe("a topic", () => {
  const levels = (count: number) => Array.from({ length: count }, () => "l").join("/");

  test("may have as many levels as Aedes takes", async () => {
    const { mqtt, received } = await setup.connect("c");
    await mqtt.subscribeAsync("#");
    const longest = messageTo(levels(100));
    expect(setup.broker.refusal(longest)).toBeUndefined();
    expect(await setup.broker.publish(longest)).toBe("delivered");
    await vi.waitFor(() => expect(received).toHaveLength(1));
  });

  test("with more is refused in words", () => {
    expect(setup.broker.refusal(messageTo(levels(101)))).toContain("100 levels");
  });
});

test("a connected client is described as it connected", async () => {
  const before = Date.now();
  const { mqtt } = await setup.connectPersistent("c", { keepalive: 30 });
  const session = await setup.broker.session("c");
  expect(session).toEqual({
    connected: true,
    clean_start: false,
    expiry_interval: 7_200,
    keepalive: 30,
    connected_at: expect.any(Number),
    ip_address: "127.0.0.1",
    port: (mqtt.stream as Socket).localPort,
  });
  expect(session?.connected_at).toBeGreaterThanOrEqual(before);
});

test("subscriptions are listed in their order with the newest QoS, and after a restart too", async () => {
  const client = await setup.connectPersistent("c");
  await client.mqtt.subscribeAsync({ b: { qos: 0 }, "a/#": { qos: 2 } });
  await client.mqtt.subscribeAsync("b", { qos: 1 });
  const expected = [
    { topic: "a/#", qos: 2 },
    { topic: "b", qos: 1 },
  ];
  const sorted = async () =>
    (await setup.broker.subscriptions("c")).toSorted((a, b) => a.topic.localeCompare(b.topic));
  expect(await sorted()).toMatchObject(expected);
  setup = await setup.restart();
  expect(await sorted()).toMatchObject(expected);
});

test("retained messages are listed and shown, also those of clients and after a restart", async () => {
  await publish("a/1", { retain: true, qos: 1, payload: Buffer.from([0, 255]) });
  const { mqtt } = await setup.connect("c");
  await mqtt.publishAsync("b", "hello", { retain: true, qos: 2 });
  await publish("gone", { retain: true });
  await publish("gone", { retain: true, payload: Buffer.alloc(0) });
  await publish("never");
  setup = await setup.restart();
  const topics = await Array.fromAsync(setup.broker.retainedTopics());
  expect(topics.map(({ topic, qos }) => [topic, qos])).toEqual([
    ["a/1", 1],
    ["b", 2],
  ]);
  expect(await setup.broker.retained("a/1")).toMatchObject({ topic: "a/1", payload: Buffer.from([0, 255]) });
  for (const topic of ["gone", "never", "a"]) expect(await setup.broker.retained(topic)).toBeUndefined();
});
