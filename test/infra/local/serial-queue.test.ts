import { expect, test } from "vitest";
import { SerialQueue } from "../../../infra/local/serial-queue.ts";
import { captureLog } from "../../support/captured-log.ts";

/** A queue that records its batches. */
function recording(work: (batch: number[]) => Promise<void> = async () => {}) {
  const batches: number[][] = [];
  const queue = new SerialQueue<number>(async (batch) => {
    batches.push(batch);
    await work(batch);
  });
  return { batches, queue };
}

test("what is pushed at once is one batch, in its order", async () => {
  const { batches, queue } = recording();
  for (const item of [1, 2, 3]) queue.push(item);
  await queue.idle();
  expect(batches).toEqual([[1, 2, 3]]);
});

test("what is pushed while a batch is worked off is the next, and waits for it", async () => {
  const steps: string[] = [];
  const started = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const queue = new SerialQueue<number>(async (batch) => {
    steps.push(`begin ${batch}`);
    started.resolve();
    if (batch.includes(1)) await goOn.promise;
    steps.push(`end ${batch}`);
  });
  queue.push(1);
  await started.promise;
  queue.push(2);
  queue.push(3);
  goOn.resolve();
  await queue.idle();
  expect(steps).toEqual(["begin 1", "end 1", "begin 2,3", "end 2,3"]);
});

test("a batch that fails is tried again as it is, before all that came later", async () => {
  const log = captureLog();
  let failures = 2;
  const { batches, queue } = recording(async () => {
    if (failures-- > 0) {
      queue.push(3);
      throw new Error("not now");
    }
  });
  queue.push(1);
  queue.push(2);
  await queue.idle();
  expect(batches).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
    [3, 3],
  ]);
  expect(log.entries()).toMatchObject([
    { level: "error", items: 2, error: { message: "not now" } },
    { level: "error", items: 2, error: { message: "not now" } },
  ]);
});

test("it is idle only when what came of an item is done too", async () => {
  const { batches, queue } = recording(async ([item = 0]) => {
    if (item < 5) queue.push(item + 1);
  });
  queue.push(1);
  await queue.idle();
  expect(batches.flat()).toEqual([1, 2, 3, 4, 5]);
});

test("it is idle when nothing was ever pushed, and can be used again after it was", async () => {
  const { batches, queue } = recording();
  await queue.idle();
  queue.push(1);
  await queue.idle();
  queue.push(2);
  await queue.idle();
  expect(batches).toEqual([[1], [2]]);
});

test("an item that always fails is given up, and holds up no other for ever", async () => {
  const log = captureLog();
  const done: number[] = [];
  const work = async (batch: number[]) => {
    if (batch.includes(2)) throw new Error("never");
    done.push(...batch);
  };
  const queue = new SerialQueue(work, { pauses: { first: 1, most: 1 } });
  for (const item of [1, 2, 3]) queue.push(item);
  await queue.idle();
  expect(done).toEqual([1, 3]);
  expect(log.entries().at(-1)).toMatchObject({ message: "an item was given up", item: 2 });
});
