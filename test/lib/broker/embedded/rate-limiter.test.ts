import { expect, test } from "vitest";
import { RateLimiter } from "../../../../lib/broker/embedded/rate-limiter.ts";

test("so many are let through at once, and then no more for a while", () => {
  const limiter = new RateLimiter({ amount: 3, per: 3_600_000 });
  expect([1, 2, 3, 4].map(() => limiter.take())).toEqual([true, true, true, false]);
});

test("who waits is let through at the rate", async () => {
  const limiter = new RateLimiter({ amount: 2, per: 100 });
  const start = performance.now();
  for (const _ of Array(4)) await limiter.wait();
  expect(performance.now() - start).toBeGreaterThanOrEqual(95);
});

test("without a limit nobody waits", async () => {
  const limiter = new RateLimiter("infinity");
  expect(Array.from({ length: 1_000 }, () => limiter.take())).not.toContain(false);
  await limiter.wait();
});
