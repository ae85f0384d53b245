import { promisify } from "node:util";
import type { Aedes, Client, PublishPacket } from "aedes";
import { log } from "../../log.ts";
import { identityOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { ClientIdentity } from "./extension.ts";
import type { Extensions } from "./extensions.ts";
import type { AedesPersistence, KeptWill } from "./kept-state.ts";
import { LongTimer } from "./long-timer.ts";
import { Turns } from "./turns.ts";

/** A will whose delay is not over. */
interface WaitingWill {
  will: PublishPacket;
  /** Absent if it is of an earlier run. */
  sender: Client | undefined;
  timer: LongTimer;
}

/** What Aedes's types leave out. */
interface WithWills {
  scheduleWill(client: Client, will: PublishPacket, seconds: number): void;
  clearDelayedWill(clientid: string): void;
  publishWill(client: Client, will: PublishPacket): void;
}

/**
 * The wills of clients, in place of Aedes's own handling, which forgets a will that waits when its session ends, and
 * publishes what is left of an earlier run minutes later. When the broker stops, wills are left to the next start, as
 * they are when it breaks off. [MQTT-3.1.2-8, MQTT-3.1.3-9]
 */
export class Wills {
  readonly #connections: Connections;
  readonly #extensions: Extensions;
  readonly #turns = new Turns();
  /** What is kept for the next run, by client. */
  readonly #kept = new Map<string, PublishPacket>();
  readonly #waiting = new Map<string, WaitingWill>();
  readonly #publishing = new Set<Promise<void>>();
  /** What is being kept or forgotten. */
  readonly #writing = new Set<Promise<void>>();
  #removeKept: (clientid: string) => Promise<unknown> = async () => {};
  #aedes: Aedes | undefined;
  #stopped = false;

  constructor(connections: Connections, extensions: Extensions) {
    this.#connections = connections;
    this.#extensions = extensions;
  }

  /** A persistence that keeps each will until it was published, and no newer one of its client is lost by that. */
  over(inner: AedesPersistence): AedesPersistence {
    this.#removeKept = (id) => inner.delWill({ id });
    return Object.assign(Object.create(inner) as AedesPersistence, {
      putWill: (client: { id: string; closed?: boolean }, will: PublishPacket) =>
        this.#inTurn(client.id, async () => {
          // Nobody would publish it: who left while it was let in was never connected.
          if (client.closed) return;
          this.#kept.set(client.id, will);
          await inner.putWill(client, will);
        }),
      delWill: ({ id }: { id: string }) => this.#remove(id),
      // Those of an earlier run are published by `restore`.
      streamWill: async function* () {},
    });
  }

  /** Decides from now on when wills are published. */
  follow(aedes: Aedes): void {
    this.#aedes = aedes;
    const replaced: WithWills = {
      scheduleWill: (client, will, seconds) => this.#wait(client.id, will, seconds, client),
      clearDelayedWill: (clientid) => this.#stopWaiting(clientid),
      publishWill: (client, will) => this.#publish(client.id, will, client),
    };
    Object.assign(aedes, replaced);
  }

  /** Publishes what an earlier run has left; a delay begins anew, if the session is still there. */
  async restore(wills: AsyncIterable<KeptWill>, hasSession: (id: string) => Promise<boolean>): Promise<void> {
    for await (const will of wills) {
      const { clientId: id, properties } = will;
      this.#kept.set(id, will);
      const seconds = (properties as { willDelayInterval?: number } | undefined)?.willDelayInterval ?? 0;
      if (seconds > 0 && (await hasSession(id))) this.#wait(id, will, seconds, undefined);
      else this.#publish(id, will, undefined);
    }
    await this.#published();
  }

  /** A session has ended: a will of it that waits is published now. [MQTT-3.1.3.2.2] */
  sessionEnded(clientid: string): void {
    const waiting = this.#waiting.get(clientid);
    this.#stopWaiting(clientid);
    if (waiting) this.#publish(clientid, waiting.will, waiting.sender);
  }

  /** A will that waits is not published any more. */
  async forget(clientid: string): Promise<void> {
    this.#stopWaiting(clientid);
    await this.#remove(clientid);
  }

  /** Resolves when everything is kept, or forgotten, that was to be. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#writing);
  }

  /** Publishes none from now on, and resolves when those are published that were about to be. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const clientid of [...this.#waiting.keys()]) this.#stopWaiting(clientid);
    await this.#published();
  }

  #wait(clientid: string, will: PublishPacket, seconds: number, sender: Client | undefined): void {
    if (this.#stopped) return;
    this.#stopWaiting(clientid);
    const timer = new LongTimer(seconds * 1_000, () => this.sessionEnded(clientid));
    this.#waiting.set(clientid, { will, sender, timer });
  }

  #stopWaiting(clientid: string): void {
    this.#waiting.get(clientid)?.timer.clear();
    this.#waiting.delete(clientid);
  }

  #publish(clientid: string, will: PublishPacket, sender: Client | undefined): void {
    if (this.#stopped) return;
    const published = this.#publishNow(clientid, will, sender)
      .catch((error) => log("error", "a will was not published", { error }))
      .then(() => this.#remove(clientid, will))
      .catch((error) => log("error", "a will that was published was not forgotten", { error }))
      .finally(() => this.#publishing.delete(published));
    this.#publishing.add(published);
  }

  async #publishNow(clientid: string, will: PublishPacket, sender: Client | undefined): Promise<void> {
    const aedes = this.#aedes;
    if (!aedes) return;
    const identity: ClientIdentity = sender
      ? identityOf(sender, this.#connections.ofSender(sender))
      : { clientid };
    if (await this.#isBanned(identity)) return;
    const client = sender ?? null;
    await promisify(aedes.authorizePublish).call(aedes, client, will);
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error) => (error ? reject(error) : resolve());
      (aedes as unknown as Publishing).publish(will, client, done);
    });
  }

  /** [emqx_channel] nobody gets the will of who is banned. Where that cannot be found out, wills are not lost. */
  async #isBanned(client: ClientIdentity): Promise<boolean> {
    try {
      return !(await this.#extensions.admit(client));
    } catch (error) {
      log("error", "whether the client of a will is banned was not found out", { error });
      return false;
    }
  }

  /** Removes what is kept of a client, or only the given will. */
  #remove(clientid: string, will = this.#kept.get(clientid)): Promise<void> {
    return this.#inTurn(clientid, async () => {
      if (!will || this.#kept.get(clientid) !== will) return;
      this.#kept.delete(clientid);
      await this.#removeKept(clientid);
    });
  }

  #inTurn(clientid: string, task: () => Promise<void>): Promise<void> {
    const written = this.#writeInTurn(clientid, task).finally(() => this.#writing.delete(written));
    this.#writing.add(written);
    return written;
  }

  async #writeInTurn(clientid: string, task: () => Promise<void>): Promise<void> {
    const leave = await this.#turns.take(clientid);
    try {
      await task();
    } finally {
      leave();
    }
  }

  async #published(): Promise<void> {
    await Promise.all(this.#publishing);
  }
}

interface Publishing {
  publish(packet: PublishPacket, client: Client | null, done: (error?: Error) => void): void;
}
