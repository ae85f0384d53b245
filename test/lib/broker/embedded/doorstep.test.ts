import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Doorstep } from "../../../../lib/broker/embedded/doorstep.ts";
import type { LetterContent } from "../../../../lib/broker/embedded/letter.ts";

let entered: LetterContent[];
let doorstep: Doorstep;

beforeEach(() => {
  vi.useFakeTimers();
  entered = [];
  doorstep = new Doorstep((content) => void entered.push(content));
});

afterEach(() => vi.useRealTimers());

const letter: LetterContent = {
  ...{ topic: "t", payload: Buffer.of(), qos: 1, retain: false },
  facts: { msgid: "1", publish_at: 0, from_clientid: "c" },
};

/** The receiver takes something every 50 ms for so long, in milliseconds. */
async function takeSlowly(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 50) {
    doorstep.move();
    await vi.advanceTimersByTimeAsync(50);
  }
}

test("a receiver that takes some is waited for", async () => {
  void doorstep.hold(letter);
  await takeSlowly(10_000);
  expect([entered.length, doorstep.moves]).toEqual([0, true]);
});

test("a receiver that stands still is not", async () => {
  void doorstep.hold(letter);
  await vi.advanceTimersByTimeAsync(300);
  expect([entered.length, doorstep.moves]).toEqual([1, false]);
});

test("a receiver that is slow for too long is not, until there was much room again", async () => {
  void doorstep.hold(letter);
  await takeSlowly(16_000);
  expect([entered.length, doorstep.moves]).toEqual([1, false]);
  doorstep.rest();
  expect(doorstep.moves).toBe(true);
});
