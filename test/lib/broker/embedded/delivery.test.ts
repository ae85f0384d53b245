import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

const numbers = (count: number) => Array.from({ length: count }, (_, n) => String(n));

test("who subscribes to $SYS/# is told nothing of what goes on inside the broker", async () => {
  const client = await setup.connect("subscriber", { protocolVersion: 5 });
  await client.mqtt.subscribeAsync("$SYS/#", { qos: 1 });
  await setup.connect("other");
  await client.mqtt.subscribeAsync("t", { qos: 1 });
  await client.mqtt.unsubscribeAsync("nosuch");
  await client.mqtt.publishAsync("t", "x", { qos: 1 });
  await vi.waitFor(() => expect(client.received).toHaveLength(1));
  expect(client.received).toMatchObject([{ topic: "t", payload: "x" }]);
});

test("a topic that a publisher of MQTT 5 abbreviates reaches subscribers whole", async () => {
  const client = await setup.connect("subscriber", { protocolVersion: 5 });
  await client.mqtt.subscribeAsync("a/#", { qos: 1 });
  const { mqtt } = await setup.connect("publisher", { protocolVersion: 5 });
  const publish = (topic: string, topicAlias: number, qos: 0 | 1 | 2) =>
    mqtt.publishAsync(topic, `${topicAlias}`, { qos, properties: { topicAlias } });
  for (const alias of [1, 65_535]) await publish(`a/${alias}`, alias, 1);
  for (const qos of [0, 1, 2] as const) await publish("", 65_535, qos);
  await publish("", 1, 1);
  await vi.waitFor(() => expect(client.received).toHaveLength(6));
  expect(client.received.map(({ topic }) => topic)).toEqual([
    ...["a/1", "a/65535", "a/65535", "a/65535", "a/65535", "a/1"],
  ]);
});

describe("two publishers at once", () => {
  test.each([true, false])("lose nothing, whatever their QoS (clean session: %s)", async (clean) => {
    const client = await setup.connect("subscriber", { clean });
    await client.mqtt.subscribeAsync("t/#", { qos: 1 });
    await Promise.all(
      ([0, 1] as const).map(async (qos) => {
        const { mqtt } = await setup.connect(`publisher/${qos}`);
        await Promise.all(numbers(1_000).map((n) => mqtt.publishAsync(`t/${qos}`, n, { qos })));
      }),
    );
    await vi.waitFor(() => expect(client.received).toHaveLength(2_000), { timeout: 10_000 });
    for (const qos of [0, 1]) {
      const got = client.received.filter(({ topic }) => topic === `t/${qos}`);
      expect(got.map(({ payload }) => payload)).toEqual(numbers(1_000));
    }
  });
});
