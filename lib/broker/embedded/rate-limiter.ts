import { setTimeout as sleep } from "node:timers/promises";
import type { Rate } from "../../records/units.ts";

/** A token bucket: so many at once, and then so many in a time. */
export class RateLimiter {
  readonly #rate: Rate | "infinity";
  #tokens: number;
  #filled = performance.now();

  constructor(rate: Rate | "infinity") {
    this.#rate = rate;
    this.#tokens = rate === "infinity" ? 0 : rate.amount;
  }

  /** Whether one more is within the rate now; it counts if it is. */
  take(): boolean {
    if (this.#rate === "infinity") return true;
    const { amount, per } = this.#rate;
    const now = performance.now();
    this.#tokens = Math.min(amount, this.#tokens + ((now - this.#filled) * amount) / per);
    this.#filled = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Resolves when one more is within the rate. */
  async wait(): Promise<void> {
    while (!this.take()) {
      const { amount, per } = this.#rate as Rate;
      const pause = Math.min(Math.max(((1 - this.#tokens) * per) / amount, 1), 1_000);
      await sleep(pause, undefined, { ref: false });
    }
  }
}
