import { createConnection } from "node:net";
import { generate } from "mqtt-packet";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message } from "../../../../lib/broker/broker.ts";
import type { ClientIdentity } from "../../../../lib/broker/embedded/extension.ts";
import type { Connected, Subscribed } from "../../../../lib/ingest/lifecycle-event.ts";
import type { SubscriptionOptions } from "../../../../lib/records/session.ts";
import { type EmbeddedClient, EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { messageTo } from "../../../support/messages.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

const options = (given: Partial<SubscriptionOptions> = {}): SubscriptionOptions => ({
  ...{ qos: 0, nl: 0, rap: 0, rh: 0 },
  ...given,
});

const publish = (topic: string, given?: Partial<Message>) => setup.broker.publish(messageTo(topic, given));
const subscribe = (clientid: string, filter: string, given?: Partial<SubscriptionOptions>) =>
  setup.broker.control.subscribe(clientid, filter, options(given));
const unsubscribe = (clientid: string, filter: string) => setup.broker.control.unsubscribe(clientid, filter);
const topicsOf = ({ received }: EmbeddedClient) => received.map(({ topic }) => topic);
const subscribedEvents = (clientid: string) => setup.of("subscribed", clientid) as Subscribed[];

/** A session that is kept, and whose client is away. */
async function leave(clientid: string): Promise<void> {
  await setup.disconnect(await setup.connectPersistent(clientid));
}

describe.each([4, 5] as const)("a connected client of protocol version %d", (protocolVersion) => {
  test("gets the messages of what it was subscribed to, until it is unsubscribed", async () => {
    const client = await setup.connect("c", { protocolVersion });
    expect(await subscribe("c", "a/#", { qos: 1 })).toBe("done");
    expect(await setup.broker.subscriptions("c")).toMatchObject([{ topic: "a/#", qos: 1 }]);
    await publish("a/1", { qos: 1 });
    await vi.waitFor(() => expect(client.received).toMatchObject([{ topic: "a/1", qos: 1 }]));
    expect(await unsubscribe("c", "a/#")).toBe("done");
    expect(await publish("a/2")).toBe("unmatched");
    expect(await setup.broker.subscriptions("c")).toEqual([]);
    expect(setup.of("unsubscribed", "c")).toMatchObject([{ topics: ["a/#"] }]);
  });

  test.each([
    [0, ["kept", "kept"]],
    [1, ["kept"]],
    [2, []],
  ] as const)("gets retained messages as the retain handling %d says", async (rh, expected) => {
    await publish("kept", { retain: true, qos: 1 });
    const client = await setup.connect("c", { protocolVersion });
    await subscribe("c", "kept", { rh });
    await subscribe("c", "kept", { rh });
    await subscribe("c", "end");
    await publish("end");
    await vi.waitFor(() => expect(topicsOf(client)).toContain("end"));
    await vi.waitFor(() => expect(topicsOf(client).filter((topic) => topic !== "end")).toEqual(expected));
  });

  test("keeps a subscription that was made for it if its session is kept, over reconnects and restarts", async () => {
    const lasting = { protocolVersion, clean: false, properties: { sessionExpiryInterval: 100 } };
    const given = protocolVersion === 5 ? lasting : { protocolVersion, clean: false };
    const client = await setup.connect("c", given);
    await subscribe("c", "t", { qos: 1 });
    await subscribe("c", "gone", { qos: 1 });
    await unsubscribe("c", "gone");
    await setup.disconnect(client);
    await publish("t", { qos: 1 });
    setup = await setup.restart();
    expect(await setup.broker.subscriptions("c")).toMatchObject([{ topic: "t", qos: 1 }]);
    const again = await setup.connect("c", given);
    await vi.waitFor(() => expect(topicsOf(again)).toEqual(["t"]));
  });
});

test("what is reported of a subscription are the options that hold: before MQTT 5 there is no nl and no rap", async () => {
  await setup.connect("old", { protocolVersion: 4 });
  await setup.connect("new", { protocolVersion: 5 });
  const all = { qos: 2, nl: 1, rap: 1, rh: 1 } as const;
  for (const clientid of ["old", "new"]) await subscribe(clientid, "t", all);
  expect(subscribedEvents("new")).toMatchObject([{ topics: ["t"], options: [all] }]);
  expect(subscribedEvents("old")).toMatchObject([{ topics: ["t"], options: [{ ...all, nl: 0, rap: 0 }] }]);
});

test("a client that is subscribed with nl does not get its own messages", async () => {
  const client = await setup.connect("c", { protocolVersion: 5 });
  await subscribe("c", "t/#", { nl: 1 });
  await client.mqtt.publishAsync("t/own", "");
  await publish("t/other");
  await vi.waitFor(() => expect(topicsOf(client)).toEqual(["t/other"]));
});

test("subscribing again replaces the options", async () => {
  const client = await setup.connect("c");
  await subscribe("c", "t", { qos: 2 });
  await subscribe("c", "t", { qos: 0 });
  expect(await setup.broker.subscriptions("c")).toMatchObject([{ topic: "t", qos: 0 }]);
  await publish("t", { qos: 1 });
  await vi.waitFor(() => expect(client.received).toMatchObject([{ topic: "t", qos: 0 }]));
});

describe("a session whose client is away", () => {
  test("is subscribed, and its client gets what came meanwhile", async () => {
    await leave("c");
    expect(await subscribe("c", "a", { qos: 1 })).toBe("done");
    await subscribe("c", "b", { qos: 1 });
    expect(await unsubscribe("c", "b")).toBe("done");
    expect(await setup.broker.subscriptions("c")).toMatchObject([{ topic: "a", qos: 1 }]);
    for (const topic of ["a", "b"]) await publish(topic, { qos: 1 });
    const client = await setup.connectPersistent("c");
    await vi.waitFor(() => expect(topicsOf(client)).toEqual(["a"]));
  });

  test("is told of with its own identifier", async () => {
    await leave("c");
    await subscribe("c", "t", { qos: 1, rh: 2 });
    await unsubscribe("c", "t");
    const [{ sessionIdentifier }] = setup.of("connected", "c") as [Connected];
    expect(setup.of(undefined, "c").slice(2)).toMatchObject([
      {
        ...{ eventType: "subscribed", topics: ["t"], sessionIdentifier },
        options: [{ qos: 1, nl: 0, rap: 0, rh: 2 }],
      },
      { eventType: "unsubscribed", topics: ["t"], sessionIdentifier },
    ]);
  });
});

test.each(["", "a/#/b", "a+", "$exclusive/t", Array(102).join("/")])(
  "the filter %j is refused, connected or not",
  async (filter) => {
    await setup.connect("here");
    await leave("away");
    for (const clientid of ["here", "away"]) {
      expect(await subscribe(clientid, filter)).toEqual({ refused: expect.any(String) });
      expect(await unsubscribe(clientid, filter)).toBe("done");
      expect(await setup.broker.subscriptions(clientid)).toEqual([]);
    }
    expect(subscribedEvents("here")).toEqual([]);
  },
);

test("nothing can be changed for a client that has no session", async () => {
  const left = await setup.connect("left");
  await setup.disconnect(left);
  for (const clientid of ["left", "never"]) {
    expect(await setup.broker.control.knows(clientid)).toBe(false);
    expect(await subscribe(clientid, "t")).toBe("unknown");
    expect(await unsubscribe(clientid, "t")).toBe("unknown");
    expect(await setup.broker.control.setKeepalive(clientid, 5)).toBe(false);
  }
  expect(await publish("t")).toBe("unmatched");
});

test("a client that leaves while it is being subscribed keeps nobody waiting", async () => {
  const client = await setup.connect("c");
  const outcome = subscribe("c", "t");
  client.mqtt.stream.destroy();
  expect(["done", "unknown"]).toContain(await outcome);
});

test("what rewrites the filters of clients leaves those of the API alone", async () => {
  await setup.close();
  const rewriteFilter = (filter: string, { clientid }: ClientIdentity) => filter.replace("me", clientid);
  setup = await EmbeddedSetup.start(undefined, [{ rewriteFilter }]);
  await setup.connect("here");
  await leave("away");
  for (const clientid of ["here", "away"]) {
    await subscribe(clientid, "to/me");
    expect(await setup.broker.subscriptions(clientid)).toMatchObject([{ topic: "to/me" }]);
    await unsubscribe(clientid, "to/me");
    expect(await setup.broker.subscriptions(clientid)).toEqual([]);
  }
});

describe("the keepalive", () => {
  test("that is set takes the place of the client's own", async () => {
    const client = await setup.connect("c", { keepalive: 60, reschedulePings: false });
    // The client does not ping by itself for a minute, and is silent.
    expect(await setup.broker.control.setKeepalive("c", 1)).toBe(true);
    expect(await setup.broker.session("c")).toMatchObject({ keepalive: 1 });
    await client.closed;
    expect(await setup.broker.session("c")).toBeUndefined();
  });

  test("tells a client of MQTT 5 why its connection ends", async () => {
    const reasons: unknown[] = [];
    const client = await setup.connect("c", {
      ...{ protocolVersion: 5, keepalive: 60, reschedulePings: false },
      onPacket: (packet) => void (packet.cmd === "disconnect" && reasons.push(packet.reasonCode)),
    });
    await setup.broker.control.setKeepalive("c", 1);
    await client.closed;
    expect(reasons).toEqual([0x8d]);
  });

  test("0 lets a client be silent for ever", async () => {
    const socket = createConnection(setup.port, "127.0.0.1");
    const protocol = { protocolId: "MQTT", protocolVersion: 4, clean: true } as const;
    socket.write(generate({ cmd: "connect", clientId: "c", ...protocol, keepalive: 1 }));
    await vi.waitUntil(() => setup.of("connected", "c").length > 0);
    await setup.broker.control.setKeepalive("c", 0);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await setup.broker.session("c")).toMatchObject({ connected: true, keepalive: 0 });
    socket.destroy();
  });

  test("of a session whose client is away is that of its next CONNECT", async () => {
    await leave("c");
    expect(await setup.broker.control.setKeepalive("c", 5)).toBe(true);
    await setup.connectPersistent("c", { keepalive: 30 });
    expect(await setup.broker.session("c")).toMatchObject({ keepalive: 30 });
  });
});

test("a client whose connection is just ending is subscribed with its session", async () => {
  for (let n = 0; n < 20; n += 1) {
    const { mqtt } = await setup.connectPersistent(`leaving/${n}`);
    const ended = mqtt.endAsync();
    expect(await setup.broker.control.subscribe(`leaving/${n}`, "t", plainOptions)).toBe("done");
    await ended;
    await vi.waitFor(async () =>
      expect(await setup.broker.subscriptions(`leaving/${n}`)).toMatchObject([{ topic: "t", qos: 1 }]),
    );
  }
});

const plainOptions = { qos: 1, nl: 0, rap: 0, rh: 0 } as const;
