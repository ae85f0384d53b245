import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SlowSubscriptions } from "../../../../lib/broker/embedded/slow-subscriptions.ts";
import type { SlowSubscriptionLimits } from "../../../../lib/records/slow-subscription.ts";

/** The moment at which deliveries are over, in epoch milliseconds. */
const end = 1_000_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: end }));
afterEach(() => void vi.useRealTimers());

const limits: SlowSubscriptionLimits = {
  ...{ enable: true, threshold: 500, expire_interval: 300_000, top_k_num: 10, stats_type: "whole" },
};

const table = (given: Partial<SlowSubscriptionLimits> = {}) => {
  const slow = new SlowSubscriptions();
  slow.configure({ ...limits, ...given });
  return slow;
};

const delivery = (publish_at: number, delivered_at: number, topic = "t") => ({
  topic,
  facts: { msgid: "", publish_at, from_clientid: "" },
  delivered_at,
});

/** A delivery that took so long. */
const lasting = (milliseconds: number, topic?: string) =>
  delivery(end - milliseconds, end - milliseconds, topic);

const timespans = (slow: SlowSubscriptions) => slow.list(end).map(({ timespan }) => timespan);

describe("what is measured", () => {
  test.each([
    ["whole", 3_000],
    ["internal", 1_000],
    ["response", 2_000],
  ] as const)("%s", (stats_type, timespan) => {
    const slow = table({ stats_type });
    slow.completes(delivery(end - 3_000, end - 2_000), { clientid: "c" });
    expect(slow.list(end)).toEqual([{ clientid: "c", topic: "t", timespan, last_update_time: end }]);
  });

  test("only times above the threshold are noted", () => {
    const slow = table();
    slow.completes(lasting(500, "at"), { clientid: "c" });
    slow.completes(lasting(501, "above"), { clientid: "c" });
    expect(slow.list(end)).toMatchObject([{ topic: "above" }]);
  });

  test("a clock that goes back makes no negative times", () => {
    const slow = table({ threshold: -1 });
    slow.completes(delivery(end + 5, end + 5), { clientid: "c" });
    expect(timespans(slow)).toEqual([0]);
  });
});

test("a subscription keeps its longest time, and the moment of that", () => {
  const slow = table();
  slow.completes(lasting(700), { clientid: "c" });
  vi.setSystemTime(end + 1_000);
  slow.completes(delivery(end + 400, end + 400), { clientid: "c" });
  expect(slow.list()).toMatchObject([{ timespan: 700, last_update_time: end }]);
  slow.completes(delivery(end, end), { clientid: "c" });
  expect(slow.list()).toMatchObject([{ timespan: 1_000, last_update_time: end + 1_000 }]);
});

test("what is not renewed for longer than the interval is dropped", () => {
  const slow = table({ expire_interval: 1_000 });
  slow.completes(lasting(700), { clientid: "c" });
  expect(slow.list(end + 1_000)).toHaveLength(1);
  expect(slow.list(end + 1_001)).toEqual([]);
});

test("the table keeps the slowest of all that were seen, in their order", () => {
  const seen = fc.record({
    clientid: fc.constantFrom("a", "b", "c"),
    topic: fc.constantFrom("x", "y", "z"),
    time: fc.integer({ min: 501, max: 520 }),
  });
  fc.assert(
    fc.property(fc.array(seen), fc.integer({ min: 1, max: 9 }), (all, top_k_num) => {
      const slow = table({ top_k_num });
      for (const { clientid, topic, time } of all) slow.completes(lasting(time, topic), { clientid });
      const longest = new Map<string, number>();
      for (const { clientid, topic, time } of all) {
        const key = `${clientid} ${topic}`;
        longest.set(key, Math.max(time, longest.get(key) ?? 0));
      }
      const expected = [...longest].sort(([a, x], [b, y]) => y - x || (a < b ? 1 : -1)).slice(0, top_k_num);
      const listed = slow
        .list(end)
        .map(({ clientid, topic, timespan }) => [`${clientid} ${topic}`, timespan]);
      expect(listed).toEqual(expected);
    }),
  );
});

test("a smaller table drops the quicker ones, and a thousand is the most", () => {
  const slow = table({ top_k_num: 5_000 });
  for (let n = 0; n < 1_100; n += 1) slow.completes(lasting(1_000 + n, `t/${n}`), { clientid: "c" });
  expect(timespans(slow)).toHaveLength(1_000);
  slow.configure({ ...limits, top_k_num: 2 });
  expect(timespans(slow)).toEqual([2_099, 2_098]);
});
