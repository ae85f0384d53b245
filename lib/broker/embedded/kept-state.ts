import type { Readable } from "node:stream";
import type { AedesPublishPacket } from "aedes";
import type { SubscriptionOptions } from "../../records/session.ts";
import { keepFacts } from "./fact-keeping.ts";
import type { SessionIdentifiers } from "./session-identifiers.ts";

/** The part of an Aedes persistence that is used here; Aedes declares none. */
export interface AedesPersistence {
  subscriptionsByClient(client: { id: string }): Promise<StoredSubscription[]>;
  subscriptionsByTopic(topic: string): Promise<unknown[]>;
  cleanSubscriptions(client: { id: string }): Promise<void>;
  incomingGetPacket(client: { id: string }, packet: { messageId?: number }): Promise<unknown>;
  outgoingEnqueue(subscription: { clientId: string }, packet: AedesPublishPacket): Promise<void>;
  outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: AedesPublishPacket): Promise<unknown>;
  outgoingStream(client: { id: string }): Readable;
  outgoingUpdate(client: { id: string }, packet: AedesPublishPacket): Promise<void>;
  outgoingClearMessageId(client: { id: string }, packet: AedesPublishPacket): Promise<unknown>;
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
}

/** A topic filter, and how it is subscribed to. */
export interface FilterWithOptions extends SubscriptionOptions {
  topic: string;
}

/** What the embedded broker keeps over connections and restarts: sessions, their queues, retained messages. */
export class KeptState {
  readonly persistence: AedesPersistence;
  readonly sessions: SessionIdentifiers;

  constructor(persistence: AedesPersistence, sessions: SessionIdentifiers) {
    this.persistence = keepFacts(persistence);
    this.sessions = sessions;
  }

  async subscriptions(id: string): Promise<FilterWithOptions[]> {
    const found = await this.persistence.subscriptionsByClient({ id });
    return found.map((stored) => ({ topic: stored.topic, ...subscriptionOptions(stored) }));
  }

  /** Whether a session that is kept subscribes to a topic. */
  async anySubscribes(topic: string): Promise<boolean> {
    return (await this.persistence.subscriptionsByTopic(topic)).length > 0;
  }

  /** Whether a message with QoS 2 is known under its id, and not released yet. */
  async hasReceived({ id }: { id: string }, packet: { messageId?: number }): Promise<boolean> {
    return this.persistence.incomingGetPacket({ id }, packet).then(
      () => true,
      // It says so by failing.
      () => false,
    );
  }

  /** Forgets session, subscriptions and queued messages of a client. Returns whether there was a session. */
  async discard(id: string): Promise<boolean> {
    const known = await this.sessions.remove(id);
    await this.persistence.cleanSubscriptions({ id });
    let messageId = 0;
    for await (const packet of this.persistence.outgoingStream({ id })) {
      // A message that was never sent has no id yet, and only one with an id can be removed.
      packet.messageId ||= ++messageId;
      await this.persistence.outgoingUpdate({ id }, packet);
      await this.persistence.outgoingClearMessageId({ id }, packet);
    }
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
