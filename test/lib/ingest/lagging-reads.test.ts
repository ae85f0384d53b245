import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { LocalRegistry } from "../../../infra/local/registry.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import type { LifecycleEvent } from "../../../lib/ingest/lifecycle-event.ts";
import { connected, disconnected, subscribed, unsubscribed } from "../../support/events.ts";
import { heldSubscriptions } from "../../support/held-subscriptions.ts";
import { lagReads } from "../../support/lagging-reads.ts";

const start = Date.now() - 60_000;
const at = (offset: number) => ({ timestamp: start + offset });

let local: LocalDatabase;
let registry: LocalRegistry;

beforeAll(async () => {
  local = await openLocalDatabase();
  registry = await LocalRegistry.open(local, () => {});
  lagReads(local.client);
});

afterAll(() => local.close());

async function tell(...events: LifecycleEvent[]): Promise<void> {
  for (const event of events) {
    await ingest(registry, event);
    await registry.idle();
  }
}

test("subscriptions_cnt is right though reads lag behind", async () => {
  await tell(
    connected("counted", at(1)),
    subscribed("counted", ["t"], at(2)),
    unsubscribed("counted", ["t"], at(3)),
    subscribed("counted", ["t"], at(4)),
  );
  expect((await registry.sessions.state("counted"))?.subscriptions_cnt).toBe(1);
});

test("a late subscribe is known to be late though reads lag behind", async () => {
  await tell(connected("late", at(1)), disconnected("late", at(3)), subscribed("late", ["t"], at(2)));
  expect(await heldSubscriptions(local.database, "late")).toEqual([]);
});

test("connects and disconnects are taken in though reads lag behind", async () => {
  await tell(
    connected("back", { ...at(1), versionNumber: 1 }),
    disconnected("back", { ...at(2), versionNumber: 1 }),
    connected("back", { ...at(3), versionNumber: 2 }),
  );
  expect(await registry.sessions.state("back")).toMatchObject({
    connect: { version: 2 },
    disconnect: { version: 1 },
  });
});
