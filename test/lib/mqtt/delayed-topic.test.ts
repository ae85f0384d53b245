import fc from "fast-check";
import { expect, test } from "vitest";
import { readDelay } from "../../../lib/mqtt/delayed-topic.ts";

const now = 1_700_000_000_500;
const seconds = 1_700_000_000;

test.each([
  ["$delayed/60/a/b", { topic: "a/b", expected_at: now + 60_000, delayed_interval: 60 }],
  ["$delayed/0/a", { topic: "a", expected_at: now, delayed_interval: 0 }],
  ["$delayed/-1/a", { topic: "a", expected_at: now, delayed_interval: 0 }],
  ["$delayed/061/a", { topic: "a", expected_at: now + 61_000, delayed_interval: 61 }],
  ["$delayed/10//a", { topic: "/a", expected_at: now + 10_000, delayed_interval: 10 }],
  ["$delayed/10/$delayed/5/a", { topic: "$delayed/5/a", expected_at: now + 10_000, delayed_interval: 10 }],
  ["$delayed/4294966/a", { topic: "a", expected_at: now + 4_294_966_000, delayed_interval: 4_294_966 }],
  [
    `$delayed/${seconds + 120}/a`,
    { topic: "a", expected_at: (seconds + 120) * 1_000, delayed_interval: 120 },
  ],
  [`$delayed/${seconds - 9}/a`, { topic: "a", expected_at: (seconds - 9) * 1_000, delayed_interval: 0 }],
])("%s", (topic, delay) => expect(readDelay(topic, now)).toEqual(delay));

test.each([
  ...["a", "$delayed", "$delayed/5", "$delayed/5/", "$delayed//a", "$delayed/x/a", "$delayed/+1/a"],
  ...["$delayed/1.5/a", "$delayed/ 5/a", "x/$delayed/5/a", `$delayed/${seconds + 4_294_968}/a`],
])("%s asks for no delay", (topic) => expect(readDelay(topic, now)).toBeUndefined());

test("an instant and the delay until it mean the same time", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_294_966 }), (n) => {
      const whole = seconds * 1_000;
      const relative = readDelay(`$delayed/${n}/a`, whole);
      expect(readDelay(`$delayed/${seconds + n}/a`, whole)).toEqual(relative);
    }),
  );
});
