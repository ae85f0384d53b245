import type { MessageQueues, QueuedMessage } from "../broker.ts";
import type { Copy } from "./copy.ts";
import { describeLetter, type Letter, type LetterContent } from "./letter.ts";
import { type LetterStore, noBox } from "./letter-store.ts";
import type { Line } from "./line.ts";
import { Mailbox } from "./mailbox.ts";
import { Router } from "./router.ts";

/** Brings messages to the sessions that subscribe to them, and keeps what cannot be sent yet. */
export class SessionQueues implements MessageQueues {
  readonly router = new Router();
  readonly #store: LetterStore;
  readonly #mailboxes = new Map<string, Mailbox>();

  constructor(store: LetterStore) {
    this.#store = store;
  }

  /** Takes up the sessions of an earlier run with their letters. Letters of others are removed. */
  async restore(clientids: Iterable<string>): Promise<void> {
    const letters = new Map<string, Letter[]>();
    for await (const [clientid, letter] of this.#store.all()) {
      const known = letters.get(clientid);
      if (known) known.push(letter);
      else letters.set(clientid, [letter]);
    }
    for (const clientid of clientids) {
      this.#mailboxes.set(clientid, new Mailbox(this.#store.box(clientid), letters.get(clientid)));
      letters.delete(clientid);
    }
    for (const [clientid, left] of letters) {
      for (const letter of left) this.#store.box(clientid).remove(letter);
    }
  }

  /** A session begins or goes on; `kept` tells whether it outlives its connection. */
  open(clientid: string, kept: boolean): void {
    if (this.#mailboxes.has(clientid)) return;
    this.#mailboxes.set(clientid, new Mailbox(kept ? this.#store.box(clientid) : noBox));
  }

  /** What is on its way to a session; `undefined` if there is none. */
  mailbox(clientid: string): Mailbox | undefined {
    return this.#mailboxes.get(clientid);
  }

  attach(clientid: string, line: Line): void {
    this.#mailboxes.get(clientid)?.attach(line);
  }

  detach(clientid: string, line: Line): void {
    this.#mailboxes.get(clientid)?.detach(line);
  }

  /** A session ends. What was picked for it out of a group goes to another member. */
  forget(clientid: string): void {
    this.router.forget(clientid);
    const left = this.#mailboxes.get(clientid)?.empty() ?? [];
    this.#mailboxes.delete(clientid);
    for (const letter of left) {
      // [MQTT-4.8.2-5] with QoS 2, what was sent to one is for nobody else
      const isBound = letter.qos === 2 && letter.messageId !== undefined;
      if (!letter.shared || isBound) continue;
      const copy = this.router.copyOfGroup(letter.shared, this.isConnected);
      // The store tells by itself what it could not keep.
      if (copy) this.#push(copy, letter)?.catch(() => {});
    }
  }

  /** Brings a message to everyone who is to have it. Returns what its sender has to wait for, if anything. */
  route(message: LetterContent, sender: string | undefined): Promise<unknown> | undefined {
    const waits = this.router
      .copies(message.topic, sender, this.isConnected)
      .map((copy) => this.#push(copy, message))
      .filter((wait) => wait !== undefined);
    return waits.length > 0 ? Promise.all(waits) : undefined;
  }

  /** Brings a message to one session as it is. */
  deliver(clientid: string, message: LetterContent): Promise<unknown> | undefined {
    return this.#mailboxes.get(clientid)?.push(message);
  }

  /** Whether a session's client is there to be sent to. */
  readonly isConnected = (clientid: string) => this.#mailboxes.get(clientid)?.connected ?? false;

  acknowledge(clientid: string, messageId: number): Letter | undefined {
    return this.#mailboxes.get(clientid)?.acknowledge(messageId);
  }

  async release(clientid: string, messageId: number): Promise<void> {
    await this.#mailboxes.get(clientid)?.release(messageId);
  }

  async waiting(clientid: string): Promise<QueuedMessage[] | undefined> {
    return this.#mailboxes.get(clientid)?.waiting.map(describeLetter);
  }

  async inFlight(clientid: string): Promise<QueuedMessage[] | undefined> {
    return this.#mailboxes.get(clientid)?.inFlight.map(describeLetter);
  }

  #push(copy: Copy, message: LetterContent): Promise<unknown> | undefined {
    return this.#mailboxes.get(copy.clientid)?.push(addressed(message, copy));
  }
}

/** A message as one subscriber gets it. */
function addressed(message: LetterContent, { qos, rap, identifier, shared }: Copy): LetterContent {
  const { topic, payload, expiresAt, facts, retain } = message;
  const properties = { ...message.properties };
  delete properties.subscriptionIdentifier;
  if (identifier !== undefined) properties.subscriptionIdentifier = identifier;
  return {
    ...{ topic, payload, facts, properties },
    qos: Math.min(qos, message.qos) as 0 | 1 | 2,
    // [MQTT-3.3.1-12, MQTT-3.3.1-13]
    retain: retain && rap,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(shared && { shared }),
  };
}
