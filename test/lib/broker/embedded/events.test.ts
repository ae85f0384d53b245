import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Connected, Disconnected, LifecycleEvent } from "../../../../lib/ingest/lifecycle-event.ts";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

const typesOf = (clientid: string) => setup.of(undefined, clientid).map(({ eventType }) => eventType);
const connects = (clientid: string) => setup.of("connected", clientid) as Connected[];
const disconnects = (clientid: string) => setup.of("disconnected", clientid) as Disconnected[];

async function eventsOf(clientid: string, count: number): Promise<LifecycleEvent[]> {
  await vi.waitFor(() => expect(setup.of(undefined, clientid)).toHaveLength(count));
  return setup.of(undefined, clientid);
}

describe("the broker reports", () => {
  const properties = {
    ...{ sessionExpiryInterval: 500, reasonString: "bye" },
    userProperties: { a: ["1", "2"], b: "3" },
  };
  const shown = {
    ...{ "Session-Expiry-Interval": 500, "Reason-String": "bye" },
    "User-Property": { a: "2", b: "3" },
  };

  test.each([
    ["of MQTT 3.1.1", 4, {}, {}],
    ["of MQTT 5", 5, {}, {}],
    ["with a reason", 5, { reasonCode: 4 }, {}],
    ["with properties", 5, { reasonCode: 0, properties }, shown],
    ["with too large properties", 5, { properties: { reasonString: "x".repeat(5_000) } }, {}],
  ] as const)("what a DISCONNECT %s says", async (_, protocolVersion, packet, disconn_props) => {
    const kept = { clean: false, properties: { sessionExpiryInterval: 60 } };
    const { mqtt } = await setup.connect("c", { protocolVersion, ...(protocolVersion === 5 && kept) });
    await mqtt.endAsync(false, packet);
    await eventsOf("c", 2);
    expect(disconnects("c")).toMatchObject([{ disconn_props }]);
    expect(disconnects("c")[0]?.disconn_props).toEqual(disconn_props);
  });

  test("nothing of a DISCONNECT that never came", async () => {
    const { mqtt } = await setup.connect("c");
    mqtt.stream.destroy();
    await eventsOf("c", 2);
    expect(disconnects("c")[0]).not.toHaveProperty("disconn_props");
  });

  test("a connect with all that CONNECT and socket tell", async () => {
    const { mqtt } = await setup.connect("c", { username: "u", password: "p", keepalive: 30 });
    const [event] = await eventsOf("c", 1);
    expect(event).toEqual({
      eventType: "connected",
      clientId: "c",
      timestamp: expect.any(Number),
      versionNumber: event?.timestamp,
      sessionIdentifier: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ipAddress: "127.0.0.1",
      session: {
        username: "u",
        port: (mqtt.stream as Socket).localPort,
        listener: "tcp:default",
        proto_name: "MQTT",
        proto_ver: 4,
        clean_start: true,
        keepalive: 30,
        expiry_interval: 0,
        is_bridge: false,
      },
    });
  });

  test.each([
    ["a persistent session", { clean: false }, { clean_start: false, expiry_interval: 7_200 }],
    [
      "the protocol MQTT 3.1",
      { protocolId: "MQIsdp", protocolVersion: 3 },
      { proto_name: "MQIsdp", proto_ver: 3 },
    ],
    ["a WebSocket", { over: "ws" }, { listener: "ws:default", port: expect.any(Number) }],
  ] as const)("a connect with %s", async (_, options, session) => {
    await setup.connect("c", options);
    expect(await eventsOf("c", 1)).toMatchObject([{ ipAddress: "127.0.0.1", session }]);
  });

  test("a connect of a bridge, which says so in the highest bit of its version", async () => {
    const socket = createConnection(setup.port, "127.0.0.1");
    socket.write("\x10\x0d\0\x04MQTT\x84\x02\0\x3c\0\x01c", "latin1");
    await once(socket, "data");
    expect(await eventsOf("c", 1)).toMatchObject([{ session: { is_bridge: true, proto_ver: 4 } }]);
    socket.destroy();
  });

  test("subscribes, unsubscribes and the end, in their order, each later than the one before", async () => {
    const client = await setup.connect("c");
    await client.mqtt.subscribeAsync({ "a/+": { qos: 2 }, b: { qos: 0 }, "$SYS/#": { qos: 1 } });
    await client.mqtt.subscribeAsync("b", { qos: 1 });
    await client.mqtt.unsubscribeAsync(["b", "never"]);
    await setup.disconnect(client);
    const events = await eventsOf("c", 5);
    const [{ sessionIdentifier, versionNumber }] = connects("c") as [Connected];
    expect(events).toMatchObject([
      { eventType: "connected" },
      {
        eventType: "subscribed",
        topics: ["a/+", "b", "$SYS/#"],
        options: [{ qos: 2 }, { qos: 0 }, { qos: 1 }],
        sessionIdentifier,
      },
      { eventType: "subscribed", topics: ["b"], options: [{ qos: 1 }], sessionIdentifier },
      { eventType: "unsubscribed", topics: ["b", "never"], sessionIdentifier },
      { eventType: "disconnected", versionNumber, sessionIdentifier },
    ]);
    const times = events.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });

  test("a connection that breaks off as one that ends", async () => {
    const { mqtt } = await setup.connect("c");
    await mqtt.subscribeAsync("t");
    mqtt.stream.destroy();
    await eventsOf("c", 3);
    expect(typesOf("c")).toEqual(["connected", "subscribed", "disconnected"]);
  });

  test("nothing of a connection that does not get as far as that", async () => {
    vi.spyOn(setup.identifiers, "resume").mockRejectedValueOnce(new Error("The disk is broken"));
    const refused = setup.connectPersistent("refused", { connectTimeout: 5_000 });
    await expect(refused).rejects.toMatchObject({ code: 3 });
    const next = await setup.connect("next");
    next.mqtt.stream.write("no MQTT at all");
    await next.closed;
    await eventsOf("next", 2);
    expect(setup.events.map(({ clientId }) => clientId)).toEqual(["next", "next"]);
  });

  test("the end of everybody who is connected before it has closed", async () => {
    await setup.connect("a");
    await setup.connectPersistent("b");
    const stopped = setup;
    setup = await setup.restart();
    expect(stopped.of("disconnected", "a")).toHaveLength(1);
    expect(stopped.of("disconnected", "b")).toHaveLength(1);
  });
});

describe.each([
  ["clean", true],
  ["persistent", false],
])("a second connection with the id of a client with a %s session", (_, clean) => {
  test("takes the place of the first, whose end is told by its own version", async () => {
    const first = await setup.connect("c", { clean });
    await first.mqtt.subscribeAsync("t", { qos: 1 });
    const second = await setup.connect("c", { clean });
    await first.closed;
    await eventsOf("c", 4);
    const [old, now] = connects("c") as [Connected, Connected];
    expect(now.versionNumber).toBeGreaterThan(old.versionNumber);
    expect(disconnects("c")).toMatchObject([
      { versionNumber: old.versionNumber, sessionIdentifier: old.sessionIdentifier },
    ]);
    expect(now.sessionIdentifier === old.sessionIdentifier).toBe(!clean);
    const { localPort } = second.mqtt.stream as Socket;
    expect(await setup.broker.session("c")).toMatchObject({ connected: true, port: localPort });
    expect(await setup.broker.subscriptions("c")).toMatchObject(clean ? [] : [{ topic: "t", qos: 1 }]);
  });
});

describe("the identifier of a session", () => {
  async function visit(options: { clean: boolean }): Promise<string> {
    const client = await setup.connect("c", options);
    await setup.disconnect(client);
    return connects("c").at(-1)?.sessionIdentifier ?? "";
  }
  const persistent = { clean: false };

  test("stays the same as long as the session is kept, over reconnects and restarts", async () => {
    const first = await visit(persistent);
    expect(await visit(persistent)).toBe(first);
    setup = await setup.restart();
    expect(await visit(persistent)).toBe(first);
  });

  test("is new for each clean session", async () => {
    expect(await visit({ clean: true })).not.toBe(await visit({ clean: true }));
  });

  test("is new after a clean session took the place of the one that was kept", async () => {
    const first = await visit(persistent);
    const clean = await visit({ clean: true });
    const last = await visit(persistent);
    expect(new Set([first, clean, last]).size).toBe(3);
  });

  test.each([["kicked out"], ["discarded"]])("is new after the session was %s", async (how) => {
    const first = await visit(persistent);
    await (how === "discarded" ? setup.broker.discardSession("c") : setup.broker.kick("c"));
    expect(await visit(persistent)).not.toBe(first);
  });

  test("comes with versions that grow over restarts", async () => {
    await visit(persistent);
    const [before] = connects("c");
    setup = await setup.restart();
    await visit(persistent);
    expect(connects("c")[0]?.versionNumber).toBeGreaterThan(
      before?.versionNumber ?? Number.POSITIVE_INFINITY,
    );
  });
});

describe("a client of MQTT 5 that leaves", () => {
  const lasting = {
    protocolVersion: 5,
    clean: false,
    properties: { sessionExpiryInterval: 100 },
  } as const;

  /** Connects with a session that is kept for 100 seconds, and leaves with another expiry. */
  async function leaveWith(properties?: { sessionExpiryInterval: number }, given: object = lasting) {
    const client = await setup.connect("c", given);
    await client.mqtt.subscribeAsync("t", { qos: 1 });
    await client.mqtt.endAsync(false, properties && { properties });
    await vi.waitUntil(() => setup.of("disconnected", "c").length > 0);
    return disconnects("c").at(-1) as Disconnected;
  }

  test("may change how long its session is kept, which is told of", async () => {
    expect(await leaveWith({ sessionExpiryInterval: 30 })).toMatchObject({ expiry_interval: 30 });
    expect(await setup.broker.session("c")).toMatchObject({ connected: false });
  });

  test("may end its session", async () => {
    expect(await leaveWith({ sessionExpiryInterval: 0 })).toMatchObject({ expiry_interval: 0 });
    await vi.waitFor(async () => expect(await setup.broker.session("c")).toBeUndefined());
    expect(await setup.broker.subscriptions("c")).toEqual([]);
    const [{ sessionIdentifier }] = connects("c") as [Connected];
    await setup.connect("c", lasting);
    expect(connects("c")[1]?.sessionIdentifier).not.toBe(sessionIdentifier);
  });

  test("changes nothing by itself", async () => {
    expect(await leaveWith()).not.toHaveProperty("expiry_interval");
    expect(await setup.broker.session("c")).toMatchObject({ connected: false });
  });

  test("cannot have a session kept that it did not want kept", async () => {
    const clean = { protocolVersion: 5, clean: true };
    expect(await leaveWith({ sessionExpiryInterval: 30 }, clean)).not.toHaveProperty("expiry_interval");
    expect(await setup.broker.session("c")).toBeUndefined();
  });

  test("ends a session that it resumed without having it kept further", async () => {
    await leaveWith();
    await leaveWith(undefined, { protocolVersion: 5, clean: false });
    await vi.waitFor(async () => expect(await setup.broker.session("c")).toBeUndefined());
  });
});

test("a client that gives no id is reported by the id that it is given", async () => {
  await setup.connect("", { protocolVersion: 5 });
  await vi.waitFor(() => expect(setup.events).toHaveLength(1));
  const [{ clientId }] = setup.events as [LifecycleEvent];
  expect(clientId).toMatch(/.{10}/);
  expect(await setup.broker.session(clientId)).toMatchObject({ connected: true });
});
