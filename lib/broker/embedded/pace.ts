/** For how long a receiver may acknowledge nothing before nobody waits for it any more, in milliseconds. */
const patience = 100;

/**
 * Slows senders down to a receiver that is slower than they are, as long as it acknowledges anything. One that does
 * not is not waited for.
 */
export class Pace {
  #moved = Date.now();
  #held: { promise: Promise<void>; release: () => void } | undefined;

  /** The receiver has taken something. */
  move(): void {
    this.#moved = Date.now();
  }

  /** What a sender waits for; `undefined` if the receiver stands still. */
  hold(): Promise<void> | undefined {
    if (this.#standsStill()) return undefined;
    this.#held ??= this.#newHold();
    return this.#held.promise;
  }

  /** Nobody has to wait any longer. */
  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  #newHold() {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setInterval(() => this.#standsStill() && this.release(), patience);
    timer.unref();
    const release = () => {
      clearInterval(timer);
      resolve();
    };
    return { promise, release };
  }

  #standsStill(): boolean {
    return Date.now() - this.#moved > patience;
  }
}
