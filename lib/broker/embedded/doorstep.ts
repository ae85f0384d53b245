import type { LetterContent } from "./letter.ts";

/** How often it is looked whether the receiver has taken something, in milliseconds. */
const interval = 100;

/** So many looks in vain, and nobody waits for the receiver any more. */
const patience = 2;

/** So long there was never much room, and nobody waits for the receiver any more; in milliseconds. */
const longest = 15_000;

interface Held {
  content: LetterContent;
  /** Tells its sender that it came in, or did not. */
  settle: (saved: Promise<unknown> | undefined) => void;
}

/**
 * Where letters stand for which a full mailbox has no room yet, and with them their senders, as long as the receiver
 * goes on to take some. When it stands still, or is slow for too long, they come in nevertheless, at the expense of
 * older ones.
 */
export class Doorstep {
  readonly #enter: (content: LetterContent) => Promise<unknown> | undefined;
  #held: Held[] = [];
  #looksInVain = 0;
  /** When somebody had to stand here for the first time since there was much room. */
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `enter` puts a letter into the mailbox. */
  constructor(enter: (content: LetterContent) => Promise<unknown> | undefined) {
    this.#enter = enter;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** Whether it makes sense to wait for the receiver. */
  get moves(): boolean {
    const isTooSlow = this.#since !== undefined && performance.now() - this.#since > longest;
    return this.#looksInVain < patience && !isTooSlow;
  }

  /** The receiver has taken something. */
  move(): void {
    this.#looksInVain = 0;
  }

  /** There is much room again. */
  rest(): void {
    this.#since = undefined;
  }

  /** Holds a letter up. Resolves when it is in, and safe. */
  hold(content: LetterContent): Promise<unknown> {
    // What has arrived while this process was busy comes before an immediate.
    this.#since ??= performance.now();
    this.#timer ??= setInterval(() => setImmediate(() => this.#look()), interval).unref();
    return new Promise((settle) => this.#held.push({ content, settle }));
  }

  /** Lets letters in, as long as there is room for the next. */
  admit(hasRoom: () => boolean): void {
    while (this.#held[0] && hasRoom()) {
      const held = this.#held.shift();
      if (held) held.settle(this.#enter(held.content));
    }
    if (this.isEmpty) this.#stop();
  }

  /** Lets nothing in any more. Returns what stood here. */
  clear(): LetterContent[] {
    const left = this.#held;
    this.#held = [];
    this.#stop();
    for (const { settle } of left) settle(undefined);
    return left.map(({ content }) => content);
  }

  #look(): void {
    this.#looksInVain += 1;
    if (!this.moves) this.admit(() => true);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
