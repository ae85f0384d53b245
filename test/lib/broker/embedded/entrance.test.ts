import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import mqttPacket from "mqtt-packet";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { messageTo, payloadsOf } from "../../../support/messages.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

const version5 = (clean: boolean, sessionExpiryInterval: number) =>
  ({ protocolVersion: 5, clean, properties: { sessionExpiryInterval } }) as const;

const events = (id: string) =>
  setup.of(undefined, id).map(({ eventType, ...event }) => ("ended" in event ? "ended" : eventType));

test.each([
  ["a persistent session by a clean one", version5(true, 60), version5(true, 0)],
  ["a session of its connection by a persistent one", version5(true, 0), version5(false, 60)],
  ["a session of its connection by one of MQTT 3.1.1", version5(false, 0), { clean: false }],
])("who takes the place of another gets its messages: %s", async (_, first, second) => {
  for (let n = 0; n < 10; n += 1) {
    await setup.connect("c", first);
    const client = await setup.connect("c", second);
    await client.mqtt.subscribeAsync("t", { qos: 1 });
    await setup.broker.publish(messageTo("t", { qos: 1 }));
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(["t"]));
    await setup.broker.kick("c");
  }
});

test("the one before is gone when another is told that it is connected", async () => {
  await setup.connect("c", version5(true, 60));
  await setup.connect("c", version5(false, 60));
  expect(events("c")).toEqual(["connected", "disconnected", "connected"]);
});

test("of clients that come at once with the same id one stays", async () => {
  const clients = await Promise.allSettled(
    Array.from({ length: 8 }, () => setup.connect("c", version5(false, 60))),
  );
  await vi.waitFor(() => expect(events("c").filter((it) => it === "disconnected")).toHaveLength(7));
  const left = clients.filter((it) => it.status === "fulfilled" && it.value.mqtt.connected);
  expect(left).toHaveLength(1);
});

test("a session that goes on without expiry ends with its connection, also if that ends at once", async () => {
  for (let n = 0; n < 10; n += 1) {
    const first = await setup.connect("c", version5(true, 60));
    await first.mqtt.subscribeAsync("t");
    const second = await setup.connect("c", version5(false, 0));
    expect(second.sessionPresent).toBe(true);
    second.mqtt.stream.destroy();
    const disconnects = 3 * n + 2;
    await vi.waitFor(() => expect(setup.of("disconnected", "c")).toHaveLength(disconnects));
    const third = await setup.connect("c", version5(false, 60));
    expect(third.sessionPresent).toBe(false);
    expect(await setup.broker.subscriptions("c")).toEqual([]);
    await setup.broker.kick("c");
  }
});

test("who is kicked out is told of as ended, whether it is there or away", async () => {
  const { mqtt } = await setup.connect("c", version5(true, 60));
  await setup.broker.kick("c");
  expect(events("c")).toEqual(["connected", "ended"]);
  mqtt.end(true);
  await setup.disconnect(await setup.connect("c", version5(true, 60)));
  setup = await setup.restart();
  await setup.broker.kick("c");
  expect(events("c")).toEqual(["ended"]);
  await setup.broker.kick("c");
  expect(events("c")).toEqual(["ended"]);
});

test("the session of a client that is connected is not discarded", async () => {
  const { mqtt } = await setup.connect("c", version5(true, 60));
  await mqtt.subscribeAsync("t", { qos: 1 });
  await setup.broker.discardSession("c");
  await mqtt.endAsync();
  expect((await setup.connect("c", version5(false, 60))).sessionPresent).toBe(true);
  expect(await setup.broker.subscriptions("c")).toMatchObject([{ topic: "t" }]);
});

test("a client that leaves while it is let in is not in the way of the next", async () => {
  const packet = mqttPacket.generate({
    ...{ cmd: "connect", clientId: "c", protocolId: "MQTT", protocolVersion: 4, clean: false, keepalive: 60 },
  });
  for (let n = 0; n < 30; n += 1) {
    const socket = connect(setup.port, "127.0.0.1", () => {
      if (n % 2 === 0) socket.end(packet);
      else socket.write(packet, () => socket.destroy());
    });
    socket.on("error", () => {});
    await sleep(n % 5);
    const client = await setup.connect("c");
    await sleep(5);
    expect(client.mqtt.connected).toBe(true);
    await setup.disconnect(client);
  }
});
