import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { handler } from "../../../functions/follow-changes/handler.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import type { ItemChange } from "../../../lib/store/directory-feed.ts";
import { connected, disconnected, subscribed } from "../../support/events.ts";
import { WorkerDeps } from "../../support/worker-deps.ts";

let deps: WorkerDeps;
const changes: ItemChange[] = [];

beforeAll(async () => {
  deps = await WorkerDeps.open();
  deps.local.changes.watch((change) => {
    if (/^(session|subscription)#/.test(change.pk)) changes.push(change);
  });
});
afterAll(() => deps.close());

const options = { removeUndefinedValues: true };

/** Changes as a window of the table's stream brings them. */
const windowOf = (shardId: string | undefined, batch: readonly ItemChange[]) =>
  ({
    shardId,
    Records: batch.map(({ pk, sk, before, after, sequence }) => ({
      dynamodb: {
        Keys: marshall({ pk, sk }),
        SequenceNumber: String(Number(sequence)),
        ...(before && { OldImage: marshall(before, options) }),
        ...(after && { NewImage: marshall(after, options) }),
      },
    })),
  }) as Parameters<typeof handler>[0];

const run = (batch: readonly ItemChange[], shardId: string | undefined = "shard-1") =>
  handler.with(deps)(windowOf(shardId, batch));

test("batches are counted once, however they are split and repeated", async () => {
  for (let n = 0; n < 12; n += 1) await ingest(deps, connected(`c${n}`));
  await ingest(deps, disconnected("c3"));
  const all = [...changes];
  for (const [from, to] of [
    [0, 5],
    [0, 5],
    [3, 9],
    [0, 13],
    [12, 13],
  ] as const)
    await run(all.slice(from, to));
  expect(await deps.sessions.totals()).toEqual({ all: 11, connected: 11 });
});

test("filters are found while a session holds them, and not after it ended", async () => {
  changes.length = 0;
  await ingest(deps, connected("s", { versionNumber: 1 }));
  await ingest(deps, subscribed("s", ["a/+/c", "$share/g/b/#"]));
  await run(changes.splice(0));
  expect(await deps.subscriptions.anyMatch("a/x/c")).toBe(true);
  expect(await deps.subscriptions.anyMatch("b")).toBe(true);
  expect(await deps.subscriptions.anyMatch("a/x")).toBe(false);
  await ingest(deps, disconnected("s", { versionNumber: 1 }));
  await run(changes.splice(0));
  await run(changes.splice(0));
  expect(await deps.subscriptions.anyMatch("a/x/c")).toBe(false);
  expect(await deps.subscriptions.anyMatch("b/1")).toBe(false);
});

test("the last call of a window brings no changes, and does nothing", async () => {
  const event = { shardId: "shard-1" } as Parameters<typeof handler>[0];
  expect(await handler.with(deps)(event)).toEqual({ state: {} });
});

test("an event that does not name its shard is refused, because it could not be counted once", async () => {
  await expect(handler.with(deps)(windowOf(undefined, changes))).rejects.toThrow("shard");
});
