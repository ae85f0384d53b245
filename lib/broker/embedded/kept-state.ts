import type { Readable } from "node:stream";
import type { AedesPublishPacket, PublishPacket } from "aedes";
import type { SubscriptionOptions } from "../../records/session.ts";
import { ownName } from "./inner-names.ts";
import type { SessionIdentifiers } from "./session-identifiers.ts";

/** The part of an Aedes persistence that is used here; Aedes declares none. */
export interface AedesPersistence {
  subscriptionsByClient(client: { id: string }): Promise<StoredSubscription[]>;
  addSubscriptions(client: { id: string }, subscriptions: StoredSubscription[]): Promise<void>;
  removeSubscriptions(client: { id: string }, topics: string[]): Promise<void>;
  cleanSubscriptions(client: { id: string }): Promise<void>;
  incomingGetPacket(client: { id: string }, packet: { messageId?: number }): Promise<unknown>;
  putWill(client: { id: string }, will: PublishPacket): Promise<unknown>;
  delWill(client: { id: string }): Promise<unknown>;
  streamWill(): AsyncIterable<KeptWill>;
  storeRetained(packet: AedesPublishPacket): Promise<void>;
  createRetainedStream(filter: string): Readable;
  createRetainedStreamCombi(filters: string[]): Readable;
}

/** A will as Aedes stores it. */
export type KeptWill = PublishPacket & { clientId: string };

/** A subscription as Aedes stores it; the flags are booleans where the client speaks MQTT 5. */
export interface StoredSubscription {
  topic: string;
  qos: 0 | 1 | 2;
  nl?: boolean | number;
  rap?: boolean | number;
  rh?: number;
  subscriptionIdentifier?: number;
}

/** A topic filter, and how it is subscribed to. */
export interface FilterWithOptions extends SubscriptionOptions {
  topic: string;
}

/** What the embedded broker keeps over connections and restarts: sessions with their subscriptions, retained messages. */
export class KeptState {
  readonly persistence: AedesPersistence;
  readonly sessions: SessionIdentifiers;
  /** What is being forgotten, by client. */
  readonly #forgetting = new Map<string, Promise<unknown>>();

  constructor(inner: AedesPersistence, sessions: SessionIdentifiers) {
    this.sessions = sessions;
    this.persistence = Object.assign(Object.create(inner) as AedesPersistence, {
      cleanSubscriptions: (client: { id: string }) => {
        const cleaned = inner.cleanSubscriptions(client);
        this.follow(client.id, cleaned);
        return cleaned;
      },
    });
  }

  /** Something of a client is being forgotten. */
  follow(id: string, forgotten: Promise<unknown>): void {
    const all = Promise.allSettled([this.#forgetting.get(id), forgotten]).then(() => {
      if (this.#forgetting.get(id) === all) this.#forgetting.delete(id);
    });
    this.#forgetting.set(id, all);
  }

  /** Resolves when everything is forgotten of a client that was to be. */
  async settled(id: string): Promise<void> {
    await this.#forgetting.get(id);
  }

  /** Resolves when everything is forgotten of everyone that was to be. */
  async idle(): Promise<void> {
    await Promise.all(this.#forgetting.values());
  }

  async subscriptions(id: string): Promise<FilterWithOptions[]> {
    const found = await this.persistence.subscriptionsByClient({ id });
    return found.map((stored) => ({ topic: ownName(stored.topic), ...subscriptionOptions(stored) }));
  }

  /** Adds a subscription to the session of a client, whether the client is connected or not. */
  async subscribe(id: string, { topic, qos, nl, rap, rh }: FilterWithOptions): Promise<void> {
    await this.persistence.addSubscriptions({ id }, [{ topic, qos, nl: nl === 1, rap: rap === 1, rh }]);
  }

  /** Takes a subscription from the session of a client. */
  async unsubscribe(id: string, topic: string): Promise<void> {
    await this.persistence.removeSubscriptions({ id }, [topic]);
  }

  /** Whether a message with QoS 2 is known under its id, and not released yet. */
  async hasReceived({ id }: { id: string }, packet: { messageId?: number }): Promise<boolean> {
    return this.persistence.incomingGetPacket({ id }, packet).then(
      () => true,
      // It says so by failing.
      () => false,
    );
  }

  /** Forgets session and subscriptions of a client, and with them its queued messages. Returns whether there was a session. */
  async discard(id: string): Promise<boolean> {
    // Begun first: its queue is gone at once, before its client can come back.
    const cleaned = this.persistence.cleanSubscriptions({ id });
    const known = await this.sessions.remove(id);
    await cleaned;
    return known;
  }
}

/** The options of a subscription as the port has them. A client before MQTT 5 has the defaults. */
export function subscriptionOptions({
  qos,
  nl,
  rap,
  rh,
}: Omit<StoredSubscription, "topic">): SubscriptionOptions {
  return { qos, nl: nl ? 1 : 0, rap: rap ? 1 : 0, rh: rh === 1 || rh === 2 ? rh : 0 };
}
