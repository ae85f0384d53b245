import type { QueueStatistics } from "../../records/client-statistics.ts";
import { Doorstep } from "./doorstep.ts";
import { hasExpired, type Letter, type LetterContent, packetOf } from "./letter.ts";
import type { LetterBox } from "./letter-store.ts";
import { type Line, maxInFlight } from "./line.ts";

/** EMQX's default limit of what waits for a session. [emqx_mqueue] */
const maxWaiting = 1_000;

const maxMessageId = 65_535;

/**
 * The letters of one session: those that were sent and are not acknowledged, up to the window of its connection, and
 * those that wait. When too many wait, the oldest is dropped. [emqx_session_mem]
 */
export class Mailbox {
  readonly #box: LetterBox;
  readonly #doorstep = new Doorstep((content) => this.#enter(content));
  #waiting: Letter[] = [];
  /** By Packet Identifier, in the order in which they were sent. */
  #inFlight = new Map<number, Letter>();
  /** What is in flight and was not sent again yet on this connection. */
  #toRepeat: Letter[] = [];
  #line: Line | undefined;
  /** How many may be in flight on the last connection. */
  #window = maxInFlight;
  /** Letters that gave way to newer ones. */
  #pushedOut = 0;
  /** Letters that were not sent since the client connected, by cause. */
  #dropped = noneDropped();
  #lastMark = 0n;
  #lastId = 0;

  /** `letters` are those of an earlier run, in the order in which they came. */
  constructor(box: LetterBox, letters: readonly Letter[] = []) {
    this.#box = box;
    for (const { key, insertedAt } of letters) {
      for (const mark of [BigInt(key), BigInt(insertedAt)]) if (mark > this.#lastMark) this.#lastMark = mark;
    }
    const sent = letters.filter(({ messageId }) => messageId !== undefined);
    sent.sort((a, b) => (BigInt(a.insertedAt) < BigInt(b.insertedAt) ? -1 : 1));
    for (const letter of sent) this.#inFlight.set(letter.messageId ?? 0, letter);
    this.#waiting = letters.filter(({ messageId }) => messageId === undefined);
  }

  get waiting(): readonly Letter[] {
    return this.#waiting;
  }

  get inFlight(): readonly Letter[] {
    return [...this.#inFlight.values()];
  }

  get connected(): boolean {
    return this.#line !== undefined;
  }

  /** What is on its way now, and what was given up. After a smaller window, what it has no place for is not in flight. */
  statistics(): QueueStatistics {
    const { expired, queue_full, too_large } = this.#dropped;
    return {
      mqueue_len: this.#waiting.length,
      mqueue_dropped: this.#pushedOut,
      inflight_cnt: Math.min(this.#inFlight.size - this.#toRepeat.length, this.#window),
      inflight_max: this.#window,
      "send_msg.dropped": expired + queue_full + too_large,
      "send_msg.dropped.expired": expired,
      "send_msg.dropped.queue_full": queue_full,
      "send_msg.dropped.too_large": too_large,
    };
  }

  /** A letter arrives. Returns what its sender has to wait for, if anything. */
  push(content: LetterContent): Promise<unknown> | undefined {
    // QoS 0 needs no place in the window, and passes what waits for one.
    if (this.#line && content.qos === 0) return this.#write(this.#line, this.#newLetter(content));
    const isHeldUp = !this.#doorstep.isEmpty || (!this.#hasRoom() && this.#doorstep.moves);
    return this.#line && isHeldUp ? this.#doorstep.hold(content) : this.#enter(content);
  }

  /** The client is connected: what is in flight is sent again, then what waits. [MQTT-4.4.0-1] */
  attach(line: Line): void {
    this.#line = line;
    this.#window = line.window;
    this.#dropped = noneDropped();
    this.#toRepeat = this.inFlight.slice();
    this.#doorstep.move();
    this.#advance();
  }

  detach(line: Line): void {
    if (this.#line !== line) return;
    this.#line = undefined;
    this.#toRepeat = [];
    this.#doorstep.admit(() => true);
  }

  /** A letter's delivery is over: acknowledged, or refused by the receiver. Returns the letter. */
  acknowledge(messageId: number): Letter | undefined {
    const letter = this.#inFlight.get(messageId);
    if (!letter) return undefined;
    this.#inFlight.delete(messageId);
    this.#toRepeat = this.#toRepeat.filter((it) => it !== letter);
    this.#box.remove(letter);
    this.#doorstep.move();
    this.#advance();
    return letter;
  }

  /** The receiver has a letter with QoS 2: it must not get it again. [MQTT-4.3.3-8] */
  async release(messageId: number): Promise<void> {
    const letter = this.#inFlight.get(messageId);
    if (!letter) return;
    letter.released = true;
    await this.#box.save(letter);
  }

  /** The session ends. Returns the letters that are left, and forgets them. */
  empty(): (LetterContent & Partial<Letter>)[] {
    const left = [...this.#inFlight.values(), ...this.#waiting];
    for (const letter of left) this.#box.remove(letter);
    const outside = this.#doorstep.clear();
    this.#inFlight = new Map();
    this.#waiting = [];
    this.#toRepeat = [];
    this.#line = undefined;
    return [...left, ...outside];
  }

  readonly #hasRoom = () => this.#waiting.length < maxWaiting;

  #newLetter(content: LetterContent): Letter {
    const mark = this.#nextMark();
    return { ...content, key: mark, insertedAt: mark };
  }

  #enter(content: LetterContent): Promise<void> | undefined {
    const letter = this.#newLetter(content);
    const saved = this.#box.save(letter);
    if (!this.#hasRoom()) this.#dropOldest();
    this.#waiting.push(letter);
    this.#flush();
    return saved;
  }

  /** There is more room than before. */
  #advance(): void {
    this.#flush();
    this.#doorstep.admit(this.#hasRoom);
  }

  /** Sends what can be sent. */
  #flush(): void {
    const line = this.#line;
    if (!line) return;
    if (this.#waiting.length < maxWaiting / 2) this.#doorstep.rest();
    const isFull = () => this.#inFlight.size - this.#toRepeat.length >= line.window;
    while (this.#toRepeat.length > 0 && !isFull()) {
      const letter = this.#toRepeat.shift();
      if (letter) repeat(line, letter);
    }
    while (this.#waiting[0] && (this.#waiting[0].qos === 0 || !isFull())) {
      const letter = this.#waiting.shift();
      if (letter) this.#send(line, letter);
    }
  }

  #send(line: Line, letter: Letter): void {
    if (letter.qos === 0 || hasExpired(letter)) {
      this.#box.remove(letter);
      void this.#write(line, letter);
      return;
    }
    letter.messageId = this.#nextMessageId();
    letter.insertedAt = this.#nextMark();
    const packet = line.prepare(packetOf(letter));
    if (!packet) {
      this.#dropped.too_large += 1;
      this.#box.remove(letter);
      return;
    }
    this.#inFlight.set(letter.messageId, letter);
    void this.#box.save(letter);
    void line.write(packet);
  }

  #write(line: Line, letter: Letter): Promise<void> | undefined {
    if (hasExpired(letter)) {
      this.#dropped.expired += 1;
      return undefined;
    }
    if (line.isStuck) {
      this.#dropped.queue_full += 1;
      return undefined;
    }
    const packet = line.prepare(packetOf(letter));
    if (!packet) this.#dropped.too_large += 1;
    return packet && line.write(packet);
  }

  #dropOldest(): void {
    const oldest = this.#waiting.shift();
    if (!oldest) return;
    this.#pushedOut += 1;
    this.#dropped.queue_full += 1;
    this.#box.remove(oldest);
  }

  /** Epoch nanoseconds, each later than the one before. */
  #nextMark(): string {
    const now = BigInt(Date.now()) * 1_000_000n;
    this.#lastMark = now > this.#lastMark ? now : this.#lastMark + 1n;
    return String(this.#lastMark);
  }

  /** [MQTT-2.2.1-3] one that is not in use */
  #nextMessageId(): number {
    do this.#lastId = (this.#lastId % maxMessageId) + 1;
    while (this.#inFlight.has(this.#lastId));
    return this.#lastId;
  }
}

const noneDropped = () => ({ expired: 0, queue_full: 0, too_large: 0 });

function repeat(line: Line, letter: Letter): void {
  if (letter.released) line.release(letter.messageId ?? 0);
  // [MQTT-3.3.1-1] a message that is sent again says so
  else void line.write(packetOf(letter, { dup: true }));
}
