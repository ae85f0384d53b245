import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EmbeddedSetup } from "../../../support/embedded-setup.ts";
import { payloadsOf } from "../../../support/messages.ts";

let setup: EmbeddedSetup;

beforeEach(async () => {
  setup = await EmbeddedSetup.start();
});

afterEach(() => setup.close());

/** Lets a method take a while before it begins. */
function delay<Name extends string>(
  object: Record<Name, (...given: never[]) => Promise<unknown>>,
  name: Name,
): void {
  const call = object[name].bind(object);
  object[name] = async (...given) => {
    await sleep(100);
    return call(...given);
  };
}

describe("a disk that is slow while the broker stops", () => {
  const session = (sessionExpiryInterval: number) =>
    ({ protocolVersion: 5, properties: { sessionExpiryInterval } }) as const;

  test("does not bring the will of who has said goodbye", async () => {
    const heir = await setup.connectPersistent("heir");
    await heir.mqtt.subscribeAsync("#", { qos: 1 });
    const will = { topic: "last", payload: Buffer.from("will"), qos: 1 as const, retain: false };
    const client = await setup.connect("c", { ...session(60), will });
    delay(setup.persistence, "delWill");
    await setup.disconnect(client);
    setup = await setup.restart();
    const again = await setup.connectPersistent("heir");
    await setup.broker.publish({ topic: "end", payload: Buffer.from("end"), qos: 1, retain: false });
    await vi.waitFor(() => expect(payloadsOf(again)).toContain("end"));
    expect(payloadsOf(again)).toEqual(["end"]);
  });

  test.each([
    ["identifier", () => delay(setup.identifiers, "find")],
    ["subscriptions", () => delay(setup.persistence, "cleanSubscriptions")],
  ])("does not bring back a session that has ended: its %s", async (_, slowDown) => {
    const client = await setup.connect("c", session(60));
    await client.mqtt.subscribeAsync("t", { qos: 1 });
    slowDown();
    await client.mqtt.endAsync(false, { properties: { sessionExpiryInterval: 0 } });
    await vi.waitFor(() => expect(setup.of("disconnected", "c")).toHaveLength(1));
    setup = await setup.restart();
    expect(await setup.broker.session("c")).toBeUndefined();
    expect(await setup.broker.subscriptions("c")).toEqual([]);
  });
});
