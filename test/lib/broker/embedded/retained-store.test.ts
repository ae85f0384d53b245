import type { AedesPublishPacket } from "aedes";
import { Level } from "level";
import { expect, test } from "vitest";
import { RetainedStore } from "../../../../lib/broker/embedded/retained-store.ts";
import { temporaryFolder } from "../../../support/program.ts";

const rowOf = (topic: string, n: number) => {
  const facts = { msgid: String(n), publish_at: n, from_clientid: "c" };
  return { topic, qos: 0 as const, ...facts, facts };
};

const packetOf = (topic: string, n: number) =>
  ({ cmd: "publish", topic, payload: Buffer.from(String(n)), qos: 0, retain: true }) as AedesPublishPacket;

test("of changes that are made at once, the last of a topic is kept on disk", async () => {
  const folder = await temporaryFolder();
  const before = new Level(folder);
  const store = await RetainedStore.open(before);
  const changes = Array.from({ length: 200 }, (_, n) => {
    const topic = `t/${n % 7}`;
    return n % 3 === 0 ? store.remove(topic) : store.put(rowOf(topic, n), packetOf(topic, n));
  });
  await Promise.all(changes);
  const rows = [...store.rows()];
  expect(rows.length).toBeGreaterThan(0);
  await before.close();

  const after = new Level(folder);
  const opened = await RetainedStore.open(after);
  expect([...opened.rows()]).toEqual(rows);
  for (const { topic, publish_at } of rows) {
    expect(String((await opened.packet(topic))?.payload)).toBe(String(publish_at));
  }
  await after.close();
});
