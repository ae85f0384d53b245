import type { Broker } from "../../lib/broker/broker.ts";
import { longestTimer } from "../../lib/broker/embedded/long-timer.ts";
import { type DeliveryDeps, deliver } from "../../lib/delayed/deliver.ts";
import { log } from "../../lib/log.ts";
import { rowsKey, timeOfRow } from "../../lib/store/delayed-item.ts";
import type { DelayedMessages } from "../../lib/store/delayed-messages.ts";
import type { ItemChange } from "../../lib/store/directory-feed.ts";

/** Pause before messages that could not be published are tried again, in milliseconds. */
const retryPause = 5_000;

/**
 * Plays the queue of delayed messages: publishes each when it is due, by one timer for the next one. What became due
 * while it was not there is published when it starts.
 */
export class DelayedTimer {
  readonly #delayed: DelayedMessages;
  readonly #broker: Pick<Broker, "publish">;
  readonly #bans: DeliveryDeps["bans"];
  #timer: NodeJS.Timeout | undefined;
  /** When the timer goes off, in epoch milliseconds. */
  #wakes = Number.POSITIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(delayed: DelayedMessages, { bans, broker }: Pick<DeliveryDeps, "bans" | "broker">) {
    this.#delayed = delayed;
    this.#broker = broker;
    this.#bans = bans;
  }

  /** Learns of a change in the table. */
  watch({ pk, sk, after }: ItemChange): void {
    if (pk === rowsKey && after) this.#wakeAt(timeOfRow(sk));
  }

  /** Begins with what is due. */
  start(): void {
    this.#wakeAt(Date.now());
  }

  /** Ends when the delivery under way is done. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #wakeAt(time: number): void {
    if (this.#closed || time >= this.#wakes) return;
    this.#wakes = time;
    clearTimeout(this.#timer);
    const pause = Math.min(Math.max(time - Date.now(), 0), longestTimer);
    this.#timer = setTimeout(() => this.#wake(), pause);
  }

  /** A message that came due during a run is published by the next one. */
  #wake(): void {
    this.#wakes = Number.POSITIVE_INFINITY;
    this.#running = this.#running.then(() => this.#run());
  }

  async #run(): Promise<void> {
    if (this.#closed) return;
    try {
      let failed = false;
      for await (const { msgid } of this.#delayed.dueBy(Date.now())) {
        if (!(await this.#deliver(msgid))) failed = true;
      }
      if (failed) return this.#wakeAt(Date.now() + retryPause);
      const next = await this.#delayed.next();
      if (next) this.#wakeAt(next.expected_at);
    } catch (error) {
      log("error", "delayed messages could not be read", { error });
      this.#wakeAt(Date.now() + retryPause);
    }
  }

  async #deliver(msgid: string): Promise<boolean> {
    try {
      await deliver(msgid, { delayed: this.#delayed, bans: this.#bans, broker: this.#broker });
      return true;
    } catch (error) {
      log("error", "a delayed message was not published, and is tried again", { msgid, error });
      return false;
    }
  }
}
