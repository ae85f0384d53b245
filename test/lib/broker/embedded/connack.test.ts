import type { IConnackPacket } from "mqtt-packet";
import { afterEach, describe, expect, test } from "vitest";
import type { Extension } from "../../../../lib/broker/embedded/extension.ts";
import { type ConnectOptions, EmbeddedSetup } from "../../../support/embedded-setup.ts";

let setup: EmbeddedSetup;

afterEach(() => setup.close());

/** Connects, and returns the CONNACK, of a refusal too. */
async function connack(clientid: string, given: ConnectOptions = {}): Promise<IConnackPacket | undefined> {
  let seen: IConnackPacket | undefined;
  const onPacket: ConnectOptions["onPacket"] = (packet) => {
    if (packet.cmd === "connack") seen = packet;
  };
  await setup.connect(clientid, { ...given, onPacket }).catch(() => {});
  return seen;
}

const kept = { 4: { clean: false }, 5: { clean: false, properties: { sessionExpiryInterval: 60 } } } as const;

describe.each([4, 5] as const)("a client with protocol version %d is told", (protocolVersion) => {
  const options = { protocolVersion, ...kept[protocolVersion] };

  test("of its session, also if it has no subscriptions", async () => {
    setup = await EmbeddedSetup.start();
    const first = await setup.connect("c", options);
    expect(first.sessionPresent).toBe(false);
    await setup.disconnect(first);
    expect(await connack("c", options)).toMatchObject({ sessionPresent: true });
    // Taken over from the connection before.
    expect(await connack("c", options)).toMatchObject({ sessionPresent: true });
    setup = await setup.restart();
    expect(await connack("c", options)).toMatchObject({ sessionPresent: true });
    expect(await connack("c", { ...options, clean: true })).toMatchObject({ sessionPresent: false });
  });

  test("that it has no session, once that was discarded", async () => {
    setup = await EmbeddedSetup.start();
    const first = await setup.connect("c", options);
    await first.mqtt.subscribeAsync("t");
    await setup.broker.kick("c");
    expect(await connack("c", options)).toMatchObject({ sessionPresent: false });
  });

  test("that it is banned, in the words of its version", async () => {
    const ban: Extension = { admits: async ({ clientid }) => clientid !== "banned" };
    setup = await EmbeddedSetup.start(undefined, [ban]);
    const refused = protocolVersion === 5 ? { reasonCode: 0x8a } : { returnCode: 5 };
    expect(await connack("banned", options)).toMatchObject({ ...refused, sessionPresent: false });
    const accepted = protocolVersion === 5 ? { reasonCode: 0 } : { returnCode: 0 };
    expect(await connack("other", options)).toMatchObject(accepted);
  });

  test("no id that it has given itself, and is known by one that it has not", async () => {
    setup = await EmbeddedSetup.start();
    const named = await connack("c", { protocolVersion });
    const nameless = await connack("", { protocolVersion });
    const assigned = setup.events.map(({ clientId }) => clientId).find((id) => id !== "c");
    expect(assigned).toMatch(/^[0-9A-Za-z]{16}$/);
    const told = protocolVersion === 5 ? assigned : undefined;
    expect([named, nameless].map((packet) => packet?.properties?.assignedClientIdentifier)).toEqual([
      ...[undefined, told],
    ]);
  });
});
