import type { Readable } from "node:stream";
import type { AedesPublishPacket } from "aedes";
import type { SubscriptionOptions } from "../../records/session.ts";
import type { RetainedMessage, RetainedTopic } from "../broker.ts";
import { keepFacts } from "./fact-keeping.ts";
import { ownName } from "./inner-names.ts";
import type { SessionIdentifiers } from "./session-identifiers.ts";

/** The part of an Aedes persistence that is used here; Aedes declares none. */
export interface AedesPersistence {
  subscriptionsByClient(client: { id: string }): Promise<StoredSubscription[]>;
  addSubscriptions(client: { id: string }, subscriptions: StoredSubscription[]): Promise<void>;
  removeSubscriptions(client: { id: string }, topics: string[]): Promise<void>;
  cleanSubscriptions(client: { id: string }): Promise<void>;
  storeRetained(packet: AedesPublishPacket): Promise<void>;
  createRetainedStream(filter: string): Readable;
  createRetainedStreamCombi(filters: string[]): Readable;
}

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

  constructor(persistence: AedesPersistence, sessions: SessionIdentifiers) {
    this.persistence = keepFacts(persistence);
    this.sessions = sessions;
  }

  async subscriptions(id: string): Promise<FilterWithOptions[]> {
    const found = await this.persistence.subscriptionsByClient({ id });
    return found.map((stored) => ({ topic: ownName(stored.topic), ...subscriptionOptions(stored) }));
  }

  /** Forgets session and subscriptions of a client, and with them its queued messages. Returns whether there was a session. */
  async discard(id: string): Promise<boolean> {
    // Begun first: its queue is gone at once, before its client can come back.
    const cleaned = this.persistence.cleanSubscriptions({ id });
    const known = await this.sessions.remove(id);
    await cleaned;
    return known;
  }

  async *retainedTopics(): AsyncGenerator<RetainedTopic> {
    for await (const { topic, qos } of this.persistence.createRetainedStream("#")) yield { topic, qos };
  }

  async retained(topic: string): Promise<RetainedMessage | undefined> {
    for await (const { qos, payload } of this.persistence.createRetainedStream(topic)) {
      return { topic, qos, payload: Buffer.from(payload) };
    }
    return undefined;
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
