/** Seconds over which a rate is averaged. */
const window = 5;

/** Counts, and tells how many there are per second: a moving average, sampled once a second. [emqx_topic_metrics] */
export class MovingRate {
  #count = 0;
  #sampled = 0;
  #rate = 0;

  get count(): number {
    return this.#count;
  }

  /** Per second, with four decimals. */
  get rate(): number {
    return Math.round(this.#rate * 10_000) / 10_000;
  }

  add(): void {
    this.#count += 1;
  }

  /** Takes a sample; to be called once a second. A new second makes up a fifth of the average. */
  sample(): void {
    this.#rate += (this.#count - this.#sampled - this.#rate) / window;
    this.#sampled = this.#count;
  }
}
