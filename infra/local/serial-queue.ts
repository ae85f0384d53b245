import { setTimeout as sleep } from "node:timers/promises";
import { log } from "../../lib/log.ts";

/** Pauses before a failed batch is tried again, in milliseconds. */
const retryPause = { first: 100, most: 5_000 };

/**
 * Works off items in batches, one batch after the other, as a queue or a stream does on AWS. A batch that fails is
 * tried again until it succeeds.
 */
export class SerialQueue<Item> {
  readonly #work: (batch: Item[]) => Promise<void>;
  readonly #gather: number;
  #waiting: Item[] = [];
  #running: Promise<void> | undefined;

  /** `gather` is how long items gather before the next batch while there is much to do, in milliseconds. */
  constructor(work: (batch: Item[]) => Promise<void>, { gather = 0 } = {}) {
    this.#work = work;
    this.#gather = gather;
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
    for (let pause = retryPause.first; ; pause = Math.min(pause * 2, retryPause.most)) {
      try {
        return await this.#work(batch);
      } catch (error) {
        log("error", "a batch failed and is tried again", { error, items: batch.length });
        await sleep(pause);
      }
    }
  }
}
