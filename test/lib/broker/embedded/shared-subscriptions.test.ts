import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Message } from "../../../../lib/broker/broker.ts";
import { type EmbeddedClient, EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { numbers, payloadsOf } from "../../../support/messages.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

const publish = (payload: string, given: Partial<Message> = {}) =>
  setup.broker.publish({ topic: "t/1", payload: Buffer.from(payload), qos: 1, retain: false, ...given });

const allOf = (clients: EmbeddedClient[]) => clients.flatMap(payloadsOf).sort();

async function member(clientid: string, filter: string, given: Parameters<EmbeddedSetup["connect"]>[1] = {}) {
  const client = await setup.connect(clientid, given);
  await client.mqtt.subscribeAsync(filter, { qos: 1 });
  return client;
}

/** Waits until nothing is on its way, by a message of its own to the clients' own topics. */
async function settle(clients: EmbeddedClient[]): Promise<void> {
  for (const { mqtt } of clients) {
    const id = String(mqtt.options.clientId);
    await mqtt.subscribeAsync(`end/${id}`, { qos: 1 });
    await setup.broker.publish({ topic: `end/${id}`, payload: Buffer.from("end"), qos: 1, retain: false });
  }
  await vi.waitFor(() => expect(clients.every((client) => payloadsOf(client).includes("end"))).toBe(true));
  for (const { received } of clients)
    received.splice(
      received.findIndex(({ payload }) => payload === "end"),
      1,
    );
}

describe.each([4, 5] as const)("clients of MQTT version %d", (protocolVersion) => {
  test.each(["$share/g/t/1", "$share/g/t/#", "$share/g/+/1", "$queue/t/#"])(
    "share %s: each message goes to one of them, under its own topic",
    async (filter) => {
      const group = await Promise.all(["a", "b", "c"].map((id) => member(id, filter, { protocolVersion })));
      for (const n of numbers(30))
        expect(await publish(n, { qos: (Number(n) % 2) as 0 | 1 })).toBe("delivered");
      await vi.waitFor(() => expect(allOf(group)).toEqual(numbers(30).sort()));
      await settle(group);
      expect(allOf(group)).toEqual(numbers(30).sort());
      for (const client of group) {
        expect(client.received).toHaveLength(10);
        expect(new Set(client.received.map(({ topic }) => topic))).toEqual(new Set(["t/1"]));
      }
    },
  );

  test("two groups get each message once each, and who subscribes alone gets it too", async () => {
    const one = [
      await member("a", "$share/g/t/#", { protocolVersion }),
      await member("b", "$share/g/t/#", { protocolVersion }),
    ];
    const two = [
      await member("c", "$share/h/t/#", { protocolVersion }),
      await member("d", "$share/h/t/#", { protocolVersion }),
    ];
    const alone = await member("e", "t/#", { protocolVersion });
    for (const n of numbers(20)) await publish(n);
    for (const clients of [one, two, [alone]]) {
      await vi.waitFor(() => expect(allOf(clients)).toEqual(numbers(20).sort()));
    }
  });

  test("who subscribes alone as well as in a group gets both copies", async () => {
    const client = await member("a", "$share/g/t/1", { protocolVersion });
    await client.mqtt.subscribeAsync("t/1", { qos: 1 });
    await publish("x");
    await vi.waitFor(() => expect(payloadsOf(client)).toEqual(["x", "x"]));
  });

  test("who unsubscribes gets nothing more, and the last one leaves nobody", async () => {
    const filter = "$share/g/t/#";
    const [a, b] = [
      await member("a", filter, { protocolVersion }),
      await member("b", filter, { protocolVersion }),
    ];
    await a.mqtt.unsubscribeAsync(filter);
    for (const n of numbers(4)) await publish(n);
    await vi.waitFor(() => expect(payloadsOf(b)).toEqual(numbers(4)));
    expect(payloadsOf(a)).toEqual([]);
    await b.mqtt.unsubscribeAsync(filter);
    expect(await publish("x")).toBe("unmatched");
  });

  test("no retained messages come with a shared subscription", async () => {
    await publish("kept", { retain: true });
    const client = await member("a", "$share/g/t/#", { protocolVersion });
    await settle([client]);
    expect(payloadsOf(client)).toEqual([]);
  });

  test.each(["$share/g", "$share/g/", "$share//t", "$share/g/$share/h/t", "$queue/$share/g/t"])(
    "%s ends the connection",
    async (filter) => {
      const reasons: unknown[] = [];
      const client = await setup.connect("a", {
        protocolVersion,
        onPacket: (packet) => packet.cmd === "disconnect" && reasons.push(packet.reasonCode),
      });
      client.mqtt.on("error", () => {});
      client.mqtt.subscribe(filter, { qos: 1 }, () => {});
      await client.closed;
      expect(reasons).toEqual(protocolVersion === 5 ? [0x8f] : []);
      expect(setup.of("subscribed", "a")).toEqual([]);
    },
  );

  test("events and lists name a shared filter as the client does", async () => {
    const client = await setup.connectPersistent("a", {
      protocolVersion,
      properties: { sessionExpiryInterval: 60 },
    });
    await client.mqtt.subscribeAsync({ "$share/g/t/#": { qos: 1 }, "$queue/u": { qos: 0 }, v: { qos: 2 } });
    await client.mqtt.unsubscribeAsync("$queue/u");
    const expected = [
      { topic: "$share/g/t/#", qos: 1 },
      { topic: "v", qos: 2 },
    ];
    expect(
      setup
        .of("subscribed", "a")
        .flatMap((event) => ("topics" in event ? event.topics : []))
        .sort(),
    ).toEqual(["$queue/u", "$share/g/t/#", "v"]);
    expect(setup.of("unsubscribed", "a")).toMatchObject([{ topics: ["$queue/u"] }]);
    const listed = async () =>
      (await setup.broker.subscriptions("a")).toSorted((a, b) => a.topic.localeCompare(b.topic));
    expect(await listed()).toMatchObject(expected);
    await setup.disconnect(client);
    expect(await listed()).toMatchObject(expected);
    setup = await setup.restart();
    expect(await listed()).toMatchObject(expected);
  });
});

describe("a member that is away", () => {
  /** Connects with a session that is kept, shares `t/#`, and leaves. */
  async function leave(clientid: string): Promise<void> {
    const client = await member(clientid, "$share/g/t/#", { clean: false });
    await setup.disconnect(client);
  }

  test("gets nothing as long as another one is there", async () => {
    await leave("away");
    const present = await member("present", "$share/g/t/#");
    for (const n of numbers(10)) await publish(n);
    await vi.waitFor(() => expect(payloadsOf(present)).toEqual(numbers(10)));
    expect(await setup.broker.queues.waiting("away")).toEqual([]);
  });

  test.each([false, true])(
    "gets its part later if nobody is there, in its order (restart: %s)",
    async (restarted) => {
      await leave("a");
      await leave("b");
      if (restarted) setup = await setup.restart();
      for (const n of numbers(10)) expect(await publish(n, { qos: n === "3" ? 0 : 1 })).toBe("delivered");
      if (restarted) setup = await setup.restart();
      const back = [await setup.connectPersistent("a"), await setup.connectPersistent("b")];
      await vi.waitFor(() => expect(allOf(back)).toEqual(numbers(10).sort()));
      for (const client of back) expect(payloadsOf(client)).toEqual(payloadsOf(client).toSorted());
      expect(back.map(({ received }) => received.length)).toEqual([5, 5]);
      for (const n of numbers(10, 10)) await publish(n);
      await vi.waitFor(() => expect(allOf(back)).toEqual(numbers(20).sort()));
    },
  );

  test("gets nothing if its session ended with its connection", async () => {
    const gone = await member("gone", "$share/g/t/#");
    await setup.disconnect(gone);
    expect(await publish("x")).toBe("unmatched");
  });

  test("leaves to another one what it had not acknowledged when its session ended", async () => {
    const stuck = await member("stuck", "$share/g/t/#");
    stuck.mqtt.handleMessage = () => {};
    for (const n of numbers(40)) await publish(n);
    const heir = await member("heir", "$share/g/t/#");
    stuck.mqtt.stream.destroy();
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(numbers(40)));
  });

  test("keeps what it had not acknowledged when its session goes on", async () => {
    const stuck = await member("stuck", "$share/g/t/#", { clean: false });
    stuck.mqtt.handleMessage = () => {};
    for (const n of numbers(5)) await publish(n);
    const other = await member("other", "$share/g/t/#");
    stuck.mqtt.stream.destroy();
    await vi.waitFor(() => expect(setup.of("disconnected", "stuck")).toHaveLength(1));
    const back = await setup.connectPersistent("stuck");
    await vi.waitFor(() => expect(payloadsOf(back)).toEqual(numbers(5)));
    expect(payloadsOf(other)).toEqual([]);
  });
});

test("MQTT 5 clients are told that there are shared subscriptions, and may not combine them with No Local", async () => {
  const seen: unknown[] = [];
  const client = await setup.connect("a", {
    protocolVersion: 5,
    clientId: "",
    onPacket: (packet) => {
      if (packet.cmd === "connack") seen.push(packet.properties);
      if (packet.cmd === "disconnect") seen.push(packet.reasonCode);
    },
  });
  client.mqtt.on("error", () => {});
  client.mqtt.subscribe("$share/g/t", { qos: 1, nl: true }, () => {});
  await client.closed;
  expect(seen).toEqual([
    {
      sharedSubscriptionAvailable: true,
      topicAliasMaximum: 65_535,
      maximumPacketSize: 1_048_576,
      assignedClientIdentifier: expect.any(String),
    },
    0x82,
  ]);
});

test("nobody sees the inside of a shared subscription, nor gets into it", async () => {
  const watcher = await setup.connect("watcher");
  await watcher.mqtt.subscribeAsync("#");
  const group = await member("a", "$share/g/t/#");
  const { mqtt } = await setup.connect("intruder", { protocolVersion: 5 });
  await mqtt.publishAsync("$SYS/$share/g/t/1", "x", { qos: 1 }).catch(() => {});
  await mqtt.publishAsync("$share/g/t/1", "y", { qos: 1 });
  await mqtt.publishAsync("t/1", "z", { qos: 1 });
  await vi.waitFor(() => expect(payloadsOf(group)).toEqual(["z"]));
  await settle([group, watcher]);
  const seen = watcher.received.map(({ topic }) => topic).filter((topic) => !topic.startsWith("end/"));
  expect(seen).toEqual(["t/1"]);
  expect(payloadsOf(group)).toEqual(["z"]);
});
