import type { AedesPublishPacket } from "aedes";
import type { BrokerSubscription, RetainedMessage, RetainedTopic } from "./broker.ts";
import type { SessionIdentifiers } from "./session-identifiers.ts";

/** The part of an Aedes persistence that is used here; Aedes declares none. */
export interface AedesPersistence {
  subscriptionsByClient(client: { id: string }): Promise<BrokerSubscription[]>;
  subscriptionsByTopic(topic: string): Promise<unknown[]>;
  cleanSubscriptions(client: { id: string }): Promise<void>;
  outgoingStream(client: { id: string }): AsyncIterable<AedesPublishPacket>;
  outgoingUpdate(client: { id: string }, packet: AedesPublishPacket): Promise<void>;
  outgoingClearMessageId(client: { id: string }, packet: AedesPublishPacket): Promise<unknown>;
  createRetainedStream(filter: string): AsyncIterable<AedesPublishPacket>;
}

/** What the embedded broker keeps over connections and restarts: sessions, their queues, retained messages. */
export class KeptState {
  readonly persistence: AedesPersistence;
  readonly sessions: SessionIdentifiers;

  constructor(persistence: AedesPersistence, sessions: SessionIdentifiers) {
    this.persistence = persistence;
    this.sessions = sessions;
  }

  subscriptions(id: string): Promise<BrokerSubscription[]> {
    return this.persistence.subscriptionsByClient({ id });
  }

  /** Whether a session that is kept subscribes to a topic. */
  async anySubscribes(topic: string): Promise<boolean> {
    return (await this.persistence.subscriptionsByTopic(topic)).length > 0;
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
