import { setTimeout as sleep } from "node:timers/promises";

/** In milliseconds. */
const step = 50;

/**
 * Waits until a whole number of steps has passed since `begin` (of `performance.now()`): how long a refusal takes does
 * not tell what was found on the way to it.
 */
export async function untilNextStep(begin: number): Promise<void> {
  const elapsed = performance.now() - begin;
  await sleep(Math.ceil(Math.ceil(elapsed / step) * step - elapsed));
}
