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
import { captureLog } from "../../../support/captured-log.ts";
import { temporaryFolder } from "../../../support/program.ts";

test("what cannot be removed when a client leaves is logged, and ends nothing else", async () => {
  const log = captureLog();
  const kept = new Level(await temporaryFolder());
  await kept.open();
  const persistence = aedesPersistence(kept);
  const broker = await EmbeddedBroker.start({
    persistence,
    letters: new LetterStore(kept),
    retained: await RetainedStore.open(kept),
    sessionIdentifiers: new SessionIdentifiers(kept),
    onEvent: () => {},
  });
  const server = mqttServer(broker);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = { protocolVersion: 5, reconnectPeriod: 0 } as const;
  const client = await mqtt.connectAsync(address, { ...options, clientId: "c" });
  persistence.cleanSubscriptions = () => Promise.reject(new Error("the disk is full"));
  await client.endAsync();
  await vi.waitFor(() =>
    expect(log.entries()).toMatchObject([{ level: "error", error: { message: "the disk is full" } }]),
  );
  persistence.cleanSubscriptions = async () => {};
  await (await mqtt.connectAsync(address, { ...options, clientId: "c" })).endAsync();
  server.close();
  await broker.close();
  await kept.close();
});
