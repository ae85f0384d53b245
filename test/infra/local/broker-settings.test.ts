import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { configureBroker } from "../../../infra/local/broker-settings.ts";
import { EmbeddedApi } from "../../support/embedded-api.ts";
import { EmbeddedSetup } from "../../support/embedded-setup.ts";

let before: EmbeddedApi;
let after: EmbeddedSetup;

const put = async (path: string, body: unknown) =>
  expect((await before.api.call("PUT", path, { body })).status).toBe(200);

beforeAll(async () => {
  before = await EmbeddedApi.start();
  await put("/mqtt/topic_rewrite", [
    { action: "publish", source_topic: "x/#", re: "^x/(.+)$", dest_topic: "z/$1" },
  ]);
  await put("/mqtt/auto_subscribe", [{ topic: "z/#", qos: 1 }]);
  await put("/slow_subscriptions/settings", { enable: true, threshold: "0ms", stats_type: "whole" });
  for (const topic of ["z/1", "z/2"])
    await before.api.call("POST", "/mqtt/topic_metrics", { body: { topic } });
  after = await EmbeddedSetup.start();
  await configureBroker(after.broker, before.api.deps.settings);
});

afterAll(async () => {
  await after.close();
  await before.close();
});

test("what was configured through the API holds after a restart, and counts begin anew", async () => {
  const { mqtt, received } = await after.connect("c");
  mqtt.handleMessage = (_, done) => void setTimeout(done, 20);
  await vi.waitFor(async () =>
    expect(await after.broker.subscriptions("c")).toMatchObject([{ topic: "z/#" }]),
  );
  await mqtt.publishAsync("x/1", "", { qos: 1 });
  await vi.waitFor(() => expect(received).toMatchObject([{ topic: "z/1" }]));
  await vi.waitFor(() => expect(after.broker.slowSubscriptions.list()).toMatchObject([{ topic: "z/1" }]));
  const counted = after.broker.topicMetrics.all();
  expect(counted.map(({ topic, metrics }) => [topic, metrics["messages.in.count"]])).toEqual([
    ["z/1", 1],
    ["z/2", 0],
  ]);
});

test("a broker that was never configured is left as it is", async () => {
  const fresh = await EmbeddedSetup.start();
  await configureBroker(fresh.broker, { read: async () => undefined });
  expect(fresh.broker.topicMetrics.all()).toEqual([]);
  await fresh.close();
});
