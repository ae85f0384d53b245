import type { SQSEvent } from "aws-lambda";
import { afterEach, beforeEach, expect, test } from "vitest";
import { handler } from "../../../functions/deliver-delayed/handler.ts";
import { handler as plan } from "../../../functions/plan-delayed/handler.ts";
import { DelayedMessages } from "../../../lib/store/delayed-messages.ts";
import { holdBack } from "../../support/seed.ts";
import { WorkerDeps } from "../../support/worker-deps.ts";

let deps: WorkerDeps;
let delayed: DelayedMessages;

beforeEach(async () => {
  deps = await WorkerDeps.open();
  delayed = new DelayedMessages(deps.local.database);
});
afterEach(() => deps.close());

const hold = (given: Parameters<typeof holdBack>[1] = {}) => holdBack({ deps: { delayed } }, given);

/** Runs the worker as SQS does; each body comes as a message of its own. */
const run = (...due: { msgid: string; expected_at: number }[]) => {
  const Records = due.map((body) => ({ messageId: `of ${body.msgid}`, body: JSON.stringify(body) }));
  return handler.with({ delayed, bans: deps.bans, broker: deps.broker })({ Records } as SQSEvent);
};

test("a message that is due is published as it came, once, and is gone", async () => {
  const message = await hold({
    ...{ topic: "a/b", qos: 1, retain: true, expected_at: Date.now(), from_username: null },
    properties: { content_type: "text/plain", user_properties: { a: "b", constructor: "c", toString: "d" } },
  });
  expect(await run(message, message)).toMatchObject({ batchItemFailures: expect.any(Array) });
  const { msgid, topic, payload, qos, retain, properties, from_clientid, from_username } = message;
  const expected = { msgid, topic, payload, qos, retain, properties, from_clientid, from_username };
  expect(deps.broker.published).toEqual([expected]);
  expect(await delayed.get(msgid)).toBeUndefined();
  expect(await delayed.count()).toBe(0);
});

test("a message waits for the fraction of a second that is left", async () => {
  const message = await hold({ expected_at: Date.now() + 300 });
  await run(message);
  expect(Date.now()).toBeGreaterThanOrEqual(message.expected_at);
});

test("a message that was removed is not published", async () => {
  const message = await hold({ expected_at: Date.now() });
  await delayed.remove(message.msgid);
  expect(await run(message)).toEqual({ batchItemFailures: [] });
  expect(deps.broker.published).toEqual([]);
});

test("a message that cannot be published stays, and comes again", async () => {
  const message = await hold({ topic: "broken", expected_at: Date.now() });
  const other = await hold({ topic: "fine", expected_at: Date.now() });
  deps.broker.results.set("broken", new Error("no broker"));
  expect(await run(message, other)).toEqual({
    batchItemFailures: [{ itemIdentifier: `of ${message.msgid}` }],
  });
  expect(deps.broker.published).toMatchObject([{ topic: "fine" }]);
  deps.broker.results.delete("broken");
  expect(await run(message)).toEqual({ batchItemFailures: [] });
  expect(deps.broker.published).toHaveLength(2);
});

test("while a delivery is under way nobody else delivers; when it is overdue, somebody does", async () => {
  const message = await hold({ expected_at: Date.now() });
  await delayed.claim(message.msgid, Date.now() + 60_000);
  expect((await run(message)).batchItemFailures).toHaveLength(1);
  expect(deps.broker.published).toEqual([]);
  await delayed.release(message.msgid);
  await delayed.claim(message.msgid, Date.now() - 1);
  expect((await run(message)).batchItemFailures).toEqual([]);
  expect(deps.broker.published).toHaveLength(1);
});

test("the time until a message expires counts from when it came, and leaves a second", async () => {
  for (const message_expiry_interval of [100, 5]) {
    const properties = { message_expiry_interval };
    await run(await hold({ publish_at: Date.now() - 10_500, expected_at: Date.now(), properties }));
  }
  const left = deps.broker.published.map(({ properties }) => properties?.message_expiry_interval);
  expect(left).toEqual([90, 1]);
});

test.each([
  { as: "clientid", who: "banned" },
  { as: "clientid_re", who: "^ban" },
  { as: "username", who: "u1" },
] as const)("a message whose sender is banned by now is discarded: $as", async (ban) => {
  const message = await hold({ expected_at: Date.now(), from_clientid: "banned", from_username: "u1" });
  await deps.bans.add({ ...ban, by: "", reason: "", at: 0 });
  await run(message);
  expect(deps.broker.published).toEqual([]);
  expect(await delayed.get(message.msgid)).toBeUndefined();
});

test("of two that claim a message in the same millisecond, one gets it", async () => {
  const { msgid } = await hold();
  const until = Date.now() + 60_000;
  const claims = await Promise.all([delayed.claim(msgid, until), delayed.claim(msgid, until)]);
  expect(claims.filter((claim) => claim === "taken")).toHaveLength(1);
});

test("what becomes due within a quarter of an hour is queued, each message once", async () => {
  const queued: { msgid: string }[] = [];
  const delayQueue = { push: async (due: { msgid: string }) => void queued.push(due) };
  const at = (minutes: number) => Date.now() + minutes * 60_000;
  const soon = await hold({ expected_at: at(-1) });
  const message = { ...soon, payload: Buffer.alloc(0) };
  for (const [msgid, minutes] of [
    ["A", 14],
    ["B", 16],
    ["C", -2],
  ] as const) {
    await delayed.hold({ ...message, msgid, expected_at: at(minutes) }, 0);
  }
  await plan.with({ delayed, delayQueue })({});
  await plan.with({ delayed, delayQueue })({});
  expect(queued.map(({ msgid }) => msgid)).toEqual(["C", "A"]);
});

test("a count that is off is corrected", async () => {
  await hold();
  await hold();
  await delayed.recount();
  expect(await delayed.count()).toBe(2);
  await deps.local.database.client.send(
    new (await import("@aws-sdk/lib-dynamodb")).PutCommand({
      TableName: deps.local.database.registry,
      Item: { pk: "delayed_count", sk: "count", n: -5 },
    }),
  );
  expect(await delayed.recount()).toBe(7);
  expect(await delayed.count()).toBe(2);
});
