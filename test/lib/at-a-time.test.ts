import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { forEachAtATime } from "../../lib/at-a-time.ts";

test("so many are done at a time, and each once", async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 50 }, (_, n) => n);
  await forEachAtATime(items, 7, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await sleep(1);
    running -= 1;
    done.push(item);
  });
  expect(done.sort((a, b) => a - b)).toEqual(items);
  expect(most).toBe(7);
});

test("one that fails keeps no other from being done, and is thrown when all are", async () => {
  const done: number[] = [];
  const doing = forEachAtATime([1, 2, 3, 4], 2, async (item) => {
    if (item === 1) throw new Error("not this one");
    await sleep(1);
    done.push(item);
  });
  await expect(doing).rejects.toThrow("not this one");
  expect(done).toEqual([2, 3, 4]);
});

test("nothing is done of nothing", async () => {
  await forEachAtATime([], 3, () => Promise.reject(new Error("never")));
});
