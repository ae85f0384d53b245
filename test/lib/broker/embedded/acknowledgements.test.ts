import { once } from "node:events";
import type { AddressInfo } from "node:net";
import aedesPersistence from "aedes-persistence-level";
import { Level } from "level";
import mqtt from "mqtt";
import { expect, test, vi } from "vitest";
import { mqttServer } from "../../../../infra/local/mqtt-listeners.ts";
import { EmbeddedBroker } from "../../../../lib/broker/embedded/broker.ts";
import { LetterStore } from "../../../../lib/broker/embedded/letter-store.ts";
import { RetainedStore } from "../../../../lib/broker/embedded/retained-store.ts";
import { SessionIdentifiers } from "../../../../lib/broker/embedded/session-identifiers.ts";
import { temporaryFolder } from "../../../support/program.ts";

/** A broker with a store that keeps a letter when it is told to. */
async function slowBroker(kept: Promise<void>) {
  const level = new Level(await temporaryFolder());
  await level.open();
  const letters = new LetterStore(level);
  letters.box = () => ({ save: () => kept, remove() {} });
  const broker = await EmbeddedBroker.start({
    ...{ persistence: aedesPersistence(level), letters, retained: await RetainedStore.open(level) },
    ...{ sessionIdentifiers: new SessionIdentifiers(level), onEvent: () => {} },
  });
  const server = mqttServer(broker);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.close();
    await broker.close();
    await level.close();
  };
  return { address, close };
}

test.each([4, 5] as const)(
  "a message with QoS 1 is acknowledged when it is kept, and after those before it: MQTT version %d",
  async (protocolVersion) => {
    const kept = Promise.withResolvers<void>();
    const { address, close } = await slowBroker(kept.promise);
    const options = { reconnectPeriod: 0, protocolVersion } as const;
    const properties = { sessionExpiryInterval: 60 };
    const sleeper = await mqtt.connectAsync(address, {
      ...{ ...options, clientId: "sleeper", clean: false },
      ...(protocolVersion === 5 && { properties }),
    });
    await sleeper.subscribeAsync("kept", { qos: 1 });
    await sleeper.endAsync();
    const client = await mqtt.connectAsync(address, { ...options, clientId: "sender" });
    const acknowledged: string[] = [];
    const publish = async (topic: string) => {
      await client.publishAsync(topic, topic, { qos: 1 });
      acknowledged.push(topic);
    };
    await publish("nobody");
    const publishing = [publish("kept"), publish("other")];
    await client.publishAsync("last", "", { qos: 0 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(acknowledged).toEqual(["nobody"]);
    kept.resolve();
    await Promise.all(publishing);
    expect(acknowledged).toEqual(["nobody", "kept", "other"]);
    await client.endAsync();
    await close();
  },
);

test("a will with QoS 1 is published", async () => {
  const { address, close } = await slowBroker(Promise.resolve());
  const heir = await mqtt.connectAsync(address, { clientId: "heir" });
  const received: [string, number][] = [];
  heir.on("message", (topic, _payload, { qos }) => received.push([topic, qos]));
  await heir.subscribeAsync("will", { qos: 1 });
  const will = { topic: "will", payload: Buffer.from("w"), qos: 1, retain: false } as const;
  const client = await mqtt.connectAsync(address, { clientId: "c", reconnectPeriod: 0, will });
  client.stream.destroy();
  await vi.waitFor(() => expect(received).toEqual([["will", 1]]));
  await heir.endAsync();
  await close();
});

test("who publishes by MQTT 5 is told that nobody subscribes", async () => {
  const { address, close } = await slowBroker(Promise.resolve());
  const client = await mqtt.connectAsync(address, { reconnectPeriod: 0, protocolVersion: 5 });
  const reasons: unknown[] = [];
  client.on("packetreceive", (packet) => {
    if (packet.cmd === "puback") reasons.push(packet.reasonCode ?? 0);
  });
  await client.publishAsync("t", "x", { qos: 1 });
  await client.subscribeAsync("t");
  await client.publishAsync("t", "x", { qos: 1 });
  expect(reasons).toEqual([0x10, 0]);
  await client.endAsync();
  await close();
});
