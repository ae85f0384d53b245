import { afterAll, beforeAll, expect, test } from "vitest";
import { catchUp } from "../../../infra/local/catch-up.ts";
import { ingest } from "../../../lib/ingest/ingest.ts";
import { recountDirectory } from "../../../lib/store/directory-feed.ts";
import { collect } from "../../support/collect.ts";
import { connected, connectedPersistent, disconnected, subscribed } from "../../support/events.ts";
import { WorkerDeps } from "../../support/worker-deps.ts";

let deps: WorkerDeps;

beforeAll(async () => {
  deps = await WorkerDeps.open();
});
afterAll(() => deps.close());

/** What lists show after a start. */
async function shown() {
  await catchUp(deps);
  const { subscriptions } = deps;
  await recountDirectory(subscriptions.topics.routes);
  const names = (await collect(subscriptions.all())).map(({ clientid, topic }) => `${clientid} ${topic}`);
  const indexed = (await collect(subscriptions.topics.all())).map(
    ({ clientid, topic }) => `${clientid} ${topic}`,
  );
  expect(indexed.toSorted()).toEqual(names.toSorted());
  const { topics } = await subscriptions.topics.routes.page(0, 100);
  return { names: names.toSorted(), topics: topics.toSorted() };
}

test("after a process that was killed, lists show what was written, and nothing of sessions that are over", async () => {
  await ingest(deps, connectedPersistent("kept"));
  await ingest(deps, subscribed("kept", ["a/#", "$share/g/b", "$s/x"]));
  await ingest(deps, connected("over"));
  await ingest(deps, subscribed("over", ["a/#", "c"]));
  await ingest(deps, subscribed("early", ["d"]));
  const there = {
    names: ["early d", "kept $s/x", "kept $share/g/b", "kept a/#"],
    topics: ["$s/x", "$share/g/b", "a/#", "d"],
  };
  expect((await shown()).topics).toEqual([...there.topics, "c"].toSorted());
  // Nobody follows that this session ends.
  await ingest(deps, disconnected("over"));
  expect(await shown()).toEqual(there);
  // What is in the index and belongs to nobody goes too.
  await deps.subscriptions.topics.enter({ clientid: "nobody", topic: "lost", qos: 0 });
  await deps.subscriptions.topics.settle("lost");
  expect(await shown()).toEqual(there);
});
