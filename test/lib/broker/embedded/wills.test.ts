import type { IClientOptions } from "mqtt";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type EmbeddedClient, EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { payloadsOf } from "../../../support/messages.ts";

let setup: EmbeddedSetup;
let heir: EmbeddedClient;
const banned = new Set<string>();
const admits = async ({ clientid }: { clientid: string }) => !banned.has(clientid);

const connectHeir = async () => {
  heir = await setup.connectPersistent("heir");
  await heir.mqtt.subscribeAsync("#", { qos: 1 });
};

beforeEach(async () => {
  banned.clear();
  setup = await EmbeddedSetup.start(undefined, [{ admits }]);
  await connectHeir();
});

afterEach(() => setup.close());

const willOf = (payload: string, willDelayInterval: number) => ({
  ...{ topic: "last", payload: Buffer.from(payload), qos: 1 as const, retain: false },
  properties: { willDelayInterval },
});

/** Options of a client whose will waits for an hour, if its session is kept as long. */
const waiting: IClientOptions = {
  protocolVersion: 5,
  properties: { sessionExpiryInterval: 3_600 },
  will: willOf("will", 3_600),
};

/** Expects that the heir has got so much, and gets nothing more. */
async function expectInherited(...payloads: string[]): Promise<void> {
  await setup.broker.publish({ topic: "end", payload: Buffer.from("end"), qos: 1, retain: false });
  const wanted = [...payloads, "end"].sort();
  await vi.waitFor(() => expect(payloadsOf(heir).toSorted()).toEqual(wanted));
}

/** A client that has lost its connection. */
async function lose(options: IClientOptions): Promise<void> {
  const { mqtt } = await setup.connect("c", options);
  mqtt.stream.destroy();
  await vi.waitFor(() => expect(setup.of("disconnected", "c")).not.toEqual([]));
}

describe("a will that waits", () => {
  test.each(["connected", "away"])("comes when its client is kicked out: %s", async (how) => {
    if (how === "away") await lose(waiting);
    else await setup.connect("c", waiting);
    await setup.broker.kick("c");
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["will"]));
  });

  test.each(["connected", "away"])("does not, if that is said: %s", async (how) => {
    if (how === "away") await lose(waiting);
    else await setup.connect("c", waiting);
    await setup.broker.kick("c", { preventWill: true });
    await expectInherited();
    setup = await setup.restart();
    await connectHeir();
    await expectInherited();
  });

  test.each([
    ["connected", 4],
    ["connected", 5],
    ["away", 4],
    ["away", 5],
  ] as const)("comes when its client begins a new session: %s, version %d", async (how, protocolVersion) => {
    if (how === "away") await lose(waiting);
    else await setup.connect("c", waiting);
    await expectInherited();
    await setup.connect("c", { protocolVersion, clean: true });
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["end", "will"]));
  });

  test.each(["connected", "away"])("does not come when its session goes on: %s", async (how) => {
    if (how === "away") await lose(waiting);
    else await setup.connect("c", waiting);
    await setup.connect("c", { ...waiting, will: willOf("new", 0), clean: false });
    await setup.broker.kick("c");
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["new"]));
    await expectInherited("new");
  });

  test("comes when its session has expired", async () => {
    await lose(waiting);
    await setup.broker.discardSession("c");
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["will"]));
  });

  test("waits for who says goodbye with it, and comes when the session ends", async () => {
    const { mqtt } = await setup.connect("c", waiting);
    await mqtt.endAsync(false, { reasonCode: 4, properties: { sessionExpiryInterval: 1 } });
    await expectInherited();
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["end", "will"]), { timeout: 5_000 });
  });

  test("goes on waiting after a restart, and comes when the session ends", async () => {
    await lose(waiting);
    setup = await setup.restart();
    await connectHeir();
    await expectInherited();
    await setup.broker.kick("c");
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["end", "will"]));
  });

  test("is given up after a restart when its client comes back", async () => {
    await lose(waiting);
    setup = await setup.restart();
    await connectHeir();
    const { mqtt } = await setup.connect("c", {
      ...waiting,
      will: undefined,
      clean: false,
    } as IClientOptions);
    await mqtt.endAsync();
    await setup.broker.kick("c");
    await expectInherited();
  });
});

test.each([
  [0x00, []],
  [0x04, ["will"]],
  [0x80, ["will"]],
  [0x98, ["will"]],
])("a goodbye with the reason code %d brings %j", async (reasonCode, wills) => {
  const { mqtt } = await setup.connect("c", { ...waiting, will: willOf("will", 0) });
  await mqtt.endAsync(false, { reasonCode });
  await vi.waitFor(() => expect(setup.of("disconnected", "c")).toHaveLength(1));
  await expectInherited(...wills);
});

test.each([0, 3_600])("nobody gets the will of who is banned (delay: %d seconds)", async (delay) => {
  await setup.connect("c", { ...waiting, will: willOf("will", delay) });
  banned.add("c");
  await setup.broker.kick("c");
  await expectInherited();
});

describe("a will whose client was connected when the broker stopped", () => {
  const atOnce = { ...waiting, will: willOf("will", 0) };

  test("is published with the next start, and only then", async () => {
    await setup.connect("c", atOnce);
    setup = await setup.restart();
    await connectHeir();
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["will"]));
    await setup.disconnect(heir);
    setup = await setup.restart();
    await connectHeir();
    await expectInherited();
  });

  test("is the last that the client has brought", async () => {
    await setup.connect("c", { ...waiting, will: willOf("old", 0) });
    await setup.connect("c", atOnce);
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["old"]));
    setup = await setup.restart();
    await connectHeir();
    await expectInherited("will");
  });

  test("is not published if the client has left before", async () => {
    const client = await setup.connect("c", atOnce);
    await setup.disconnect(client);
    setup = await setup.restart();
    await connectHeir();
    await expectInherited();
  });

  test("waits, if it is to wait for a session that is kept", async () => {
    await setup.connect("c", waiting);
    setup = await setup.restart();
    await connectHeir();
    await expectInherited();
    await setup.broker.kick("c");
    await vi.waitFor(() => expect(payloadsOf(heir)).toEqual(["end", "will"]));
  });
});
