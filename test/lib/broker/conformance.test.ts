import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import aedesPersistence from "aedes-persistence-level";
import { Level } from "level";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Broker } from "../../../lib/broker/broker.ts";
import { EmbeddedBroker } from "../../../lib/broker/embedded/broker.ts";
import { LetterStore } from "../../../lib/broker/embedded/letter-store.ts";
import { RetainedStore } from "../../../lib/broker/embedded/retained-store.ts";
import { SessionIdentifiers } from "../../../lib/broker/embedded/session-identifiers.ts";
import { IotCoreBroker } from "../../../lib/broker/iot-core/broker.ts";
import { type Delivery, PlayedDataPlane } from "../../support/iot-data-plane.ts";
import { messageTo } from "../../support/messages.ts";
import { temporaryFolder } from "../../support/program.ts";

interface ClientOptions {
  clean?: boolean;
  will?: Delivery;
}

interface ConnectedClient {
  readonly received: Delivery[];
  subscribe(filter: string, qos: 0 | 1): Promise<void>;
  disconnect(): Promise<void>;
}

/** A broker under test, and a way to be its client. */
interface Setup {
  broker: Broker;
  connect(clientid: string, options?: ClientOptions): Promise<ConnectedClient>;
  close(): Promise<void>;
}

async function embedded(): Promise<Setup> {
  const kept = new Level(await temporaryFolder());
  await kept.open();
  const broker = await EmbeddedBroker.start({
    persistence: aedesPersistence(kept),
    letters: new LetterStore(kept),
    retained: await RetainedStore.open(kept),
    sessionIdentifiers: new SessionIdentifiers(kept),
    onEvent: () => {},
  });
  const server = createServer((socket) => broker.accept(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    broker,
    async connect(clientId, { clean = true, will } = {}) {
      const options = { clientId, clean, reconnectPeriod: 0 };
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
        ...options,
        ...(will && {
          will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 0, retain: false },
        }),
      });
      const received: Delivery[] = [];
      client.on("message", (topic, payload, { qos }) => received.push({ topic, payload: `${payload}`, qos }));
      return {
        received,
        subscribe: async (filter, qos) => void (await client.subscribeAsync(filter, { qos })),
        disconnect: () => client.endAsync(),
      };
    },
    async close() {
      server.close();
      await broker.close();
      await kept.close();
    },
  };
}

async function iotCore(): Promise<Setup> {
  const plane = await PlayedDataPlane.start();
  return {
    broker: new IotCoreBroker(plane.client),
    async connect(clientid, { clean = true, will } = {}) {
      const known = plane.clients.get(clientid);
      const client = { connected: true, clean, subscriptions: new Map(), received: [], will, ...known };
      plane.clients.set(clientid, client);
      return {
        received: client.received,
        subscribe: async (filter, qos) => void client.subscriptions.set(filter, qos),
        async disconnect() {
          client.connected = false;
          if (clean) plane.clients.delete(clientid);
        },
      };
    },
    close: async () => plane.close(),
  };
}

describe.each([
  ["the embedded broker", embedded],
  ["AWS IoT Core", iotCore],
] as const)("%s", (_, start) => {
  let setup: Setup;
  let broker: Broker;

  beforeAll(async () => {
    setup = await start();
    broker = setup.broker;
  });
  afterAll(() => setup.close());

  test("hands a message to who subscribes, with topic and payload as they are", async () => {
    const client = await setup.connect("reader/1");
    await client.subscribe("a b/+/#", 1);
    const sent = messageTo("a b/ü/%2F?#".replace("#", "x"), { qos: 1 });
    expect(broker.refusal(sent)).toBeUndefined();
    expect(["delivered", "accepted"]).toContain(await broker.publish(sent));
    await vi.waitFor(() =>
      expect(client.received).toEqual([{ topic: sent.topic, payload: sent.topic, qos: 1 }]),
    );
  });

  test("accepts a message that nobody waits for", async () => {
    expect(["unmatched", "accepted"]).toContain(await broker.publish(messageTo("nobody")));
  });

  test("describes a connected client, and what it is subscribed to", async () => {
    const client = await setup.connect("described");
    await client.subscribe("t/#", 1);
    await client.subscribe("u", 0);
    expect(await broker.session("described")).toMatchObject({
      connected: true,
      clean_start: true,
      expiry_interval: 0,
      keepalive: 60,
    });
    expect(await broker.subscriptions("described")).toMatchObject([
      { topic: "t/#", qos: 1 },
      { topic: "u", qos: 0 },
    ]);
  });

  test("describes a session that is kept while its client is away", async () => {
    const client = await setup.connect("away", { clean: false });
    await client.subscribe("t", 1);
    await client.disconnect();
    await vi.waitFor(async () => expect(await broker.session("away")).toMatchObject({ connected: false }));
    expect((await broker.session("away"))?.expiry_interval).toBeGreaterThan(0);
    expect(await broker.subscriptions("away")).toMatchObject([{ topic: "t", qos: 1 }]);
  });

  test("knows nothing of a client that never came", async () => {
    expect(await broker.session("stranger")).toBeUndefined();
    expect(await broker.subscriptions("stranger")).toEqual([]);
    expect(await broker.kick("stranger")).toBe(false);
  });

  test("kicks a client out with its session, connected or not", async () => {
    await setup.connect("kicked", { clean: false });
    expect(await broker.kick("kicked")).toBe(true);
    expect(await broker.session("kicked")).toBeUndefined();
    const client = await setup.connect("kicked/away", { clean: false });
    await client.subscribe("t", 1);
    await client.disconnect();
    expect(await broker.kick("kicked/away")).toBe(true);
    expect(await broker.session("kicked/away")).toBeUndefined();
    expect(await broker.subscriptions("kicked/away")).toEqual([]);
  });

  test("publishes the will of who is kicked out, unless it is told not to", async () => {
    const heir = await setup.connect("heir");
    await heir.subscribe("will/#", 0);
    for (const [clientid, preventWill] of [
      ["first", true],
      ["second", false],
    ] as const) {
      await setup.connect(clientid, { will: { topic: `will/${clientid}`, payload: "gone", qos: 0 } });
      await broker.kick(clientid, { preventWill });
    }
    await vi.waitFor(() => expect(heir.received.map(({ topic }) => topic)).toEqual(["will/second"]));
  });

  test("keeps a retained message until an empty one replaces it", async () => {
    await broker.publish(messageTo("kept/1", { retain: true, qos: 1 }));
    expect(await broker.retained("kept/1")).toMatchObject({
      topic: "kept/1",
      qos: 1,
      payload: Buffer.from("kept/1"),
    });
    expect((await Array.fromAsync(broker.retainedTopics())).map(({ topic }) => topic)).toContain("kept/1");
    await broker.publish(messageTo("kept/1", { retain: true, payload: Buffer.alloc(0) }));
    expect(await broker.retained("kept/1")).toBeUndefined();
  });
});
