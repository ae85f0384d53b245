import { setTimeout as sleep } from "node:timers/promises";
import { log } from "../../lib/log.ts";
import { isUnavailable } from "../../lib/unavailable.ts";

/** Pauses before a failed batch is tried again, in milliseconds. */
const retryPauses = { first: 100, most: 5_000 };

/** How often a batch is tried. */
const mostTries = 20;

/**
 * Works off items in batches, one batch after the other, as a queue or a stream does on AWS. A batch that fails is
 * tried again; at last its items are tried alone, so that one that always fails does not hold up the others. While a
 * service is not available, nothing is given up.
 */
export class SerialQueue<Item> {
  readonly #work: (batch: Item[]) => Promise<void>;
  readonly #gather: number;
  readonly #pauses: typeof retryPauses;
  #waiting: Item[] = [];
  #running: Promise<void> | undefined;

  /**
   * `gather` is how long items gather before the next batch while there is much to do, and `pauses` how long it takes
   * until a batch is tried again, in milliseconds.
   */
  constructor(work: (batch: Item[]) => Promise<void>, { gather = 0, pauses = retryPauses } = {}) {
    this.#work = work;
    this.#gather = gather;
    this.#pauses = pauses;
  }

  push(item: Item): void {
    this.#waiting.push(item);
    this.#running ??= this.#run();
  }

  /** Resolves when everything that was pushed so far, and what came of it, is done. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#untilDone(batch);
      if (this.#gather > 0 && this.#waiting.length > 0) await sleep(this.#gather);
    }
    this.#running = undefined;
  }

  async #untilDone(batch: Item[]): Promise<void> {
    let pause = this.#pauses.first;
    for (let tries = 1; ; tries += 1, pause = Math.min(pause * 2, this.#pauses.most)) {
      try {
        return await this.#work(batch);
      } catch (error) {
        if (tries >= mostTries && !isUnavailable(error)) return this.#eachAlone(batch);
        log("error", "a batch failed and is tried again", { error, items: batch.length });
        await sleep(pause);
      }
    }
  }

  async #eachAlone(batch: readonly Item[]): Promise<void> {
    for (const item of batch) {
      await this.#work([item]).catch((error) => log("error", "an item was given up", { item, error }));
    }
  }
}
