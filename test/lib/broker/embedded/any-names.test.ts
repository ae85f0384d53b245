import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";

let setup: EmbeddedSetup;

beforeAll(async () => {
  setup = await EmbeddedSetup.start();
});
afterAll(() => setup.close());

const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "1"];

test.each(names)("a client may be called %s, leave and come back", async (id) => {
  for (const clean of [true, false, false]) {
    const client = await setup.connect(id, { clean });
    expect(await setup.broker.session(id)).toMatchObject({ connected: true });
    await setup.disconnect(client);
  }
  expect(await setup.broker.kick(id)).toBe(true);
});

test.each([4, 5] as const)(
  "filters may be called so, alone and together, in MQTT version %i",
  async (version) => {
    const client = await setup.connect("subscriber", { protocolVersion: version });
    for (const name of names) {
      expect(await client.mqtt.subscribeAsync(name, { qos: 1 })).toMatchObject([{ topic: name, qos: 1 }]);
      await setup.broker.publish({ topic: name, payload: Buffer.from("1"), qos: 1, retain: false });
      await vi.waitUntil(() => client.received.some(({ topic }) => topic === name));
      await client.mqtt.unsubscribeAsync(name);
    }
    expect(await client.mqtt.subscribeAsync(names, { qos: 2 })).toHaveLength(names.length);
    const held = await setup.broker.subscriptions("subscriber");
    expect(held.map(({ topic }) => topic).sort()).toEqual(names.toSorted());
    expect(await setup.broker.kick("subscriber")).toBe(true);
  },
);

test("messages may have user properties that are called so", async () => {
  const client = await setup.connect("reader", { protocolVersion: 5 });
  const seen: unknown[] = [];
  client.mqtt.on("message", (_topic, _payload, { properties }) => seen.push(properties?.userProperties));
  await client.mqtt.subscribeAsync("t");
  const userProperties = Object.fromEntries(names.map((name) => [name, name]));
  await client.mqtt.publishAsync("t", "x", { properties: { userProperties } });
  await vi.waitUntil(() => seen.length > 0);
  expect(Object.entries(seen[0] as object).sort()).toEqual(names.map((name) => [name, name]).sort());
  await client.mqtt.endAsync();
});
