import { afterAll, beforeAll, expect, test } from "vitest";
import { handler } from "../../../functions/recount/handler.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import { recountDirectory } from "../../../lib/store/directory-feed.ts";
import { connected } from "../../support/events.ts";
import { WorkerDeps } from "../../support/worker-deps.ts";

let deps: WorkerDeps;

beforeAll(async () => {
  deps = await WorkerDeps.open();
  for (let n = 0; n < 30; n += 1) await ingest(deps, connected(`c${n}`));
});
afterAll(() => deps.close());

const run = () => handler.with(deps)({});

test("what is wrong once may still be under way, and is left; what is wrong twice is corrected", async () => {
  await run();
  expect(await deps.sessions.totals()).toEqual({ all: 0, connected: 0 });
  await run();
  expect(await deps.sessions.totals()).toEqual({ all: 30, connected: 30 });
  await run();
  expect(await deps.sessions.totals()).toEqual({ all: 30, connected: 30 });
});

test("a change that arrives between two recounts is not counted twice", async () => {
  await recountDirectory(deps.sessions);
  await ingest(deps, connected("late"));
  await run();
  await deps.sessions.directory.addToRoot(
    { counts: new Map([["00", 0]]), connected: 1 },
    { shard: "s", first: "1", last: "1" },
  );
  await run();
  expect((await deps.sessions.totals()).connected).toBe(31);
});

test("a shard that has not moved for two days is forgotten, and one that moves is not", async () => {
  const nothing = { counts: new Map<string, number>(), connected: 0 };
  const { directory } = deps.sessions;
  for (let n = 1; n <= 6; n += 1) {
    await directory.addToRoot(nothing, { shard: "moving", first: String(n), last: String(n) });
    await run();
  }
  expect([...(await directory.root()).applied.keys()]).toEqual(["moving"]);
});
