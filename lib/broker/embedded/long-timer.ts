/** The longest time that a timer of Node.js takes, in milliseconds. */
export const longestTimer = 2 ** 31 - 1;

/** A timer for any time. It does not keep the process running. */
export class LongTimer {
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, then: () => void) {
    this.#run(milliseconds, then);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  #run(left: number, then: () => void): void {
    const step = Math.min(left, longestTimer);
    this.#timer = setTimeout(() => (left > step ? this.#run(left - step, then) : then()), step).unref();
  }
}
