import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { KnownOptions, Subscription, SubscriptionOptions } from "../records/session.ts";
import { lateEventMemory } from "../records/session-state.ts";
import { type Database, isConditionFailure } from "./database.ts";
import { subscriptionKey, subscriptionsStart } from "./hash-order.ts";
import { type Listed, Listing } from "./listing.ts";
import { queryItems } from "./query.ts";
import { subscriptionOf, withoutDefaults } from "./subscription-item.ts";
import { TopicIndex } from "./topic-index.ts";

/**
 * What is remembered of one client's subscription to one filter: its newest event, by the broker's clock, and the
 * session that the event belongs to.
 */
export interface SubscriptionEvent {
  clientid: string;
  topic: string;
  session_identifier: string;
  /** Epoch milliseconds. */
  at: number;
  /** The filter's place in the event, from 0. */
  place: number;
  /** How it is subscribed to; `ended` for an unsubscribe. */
  state: KnownOptions | "ended";
}

interface SubscriptionItem extends Listed, Omit<SubscriptionEvent, "state">, Partial<SubscriptionOptions> {
  standing?: "gone";
  expires_at?: number;
}

/** The subscriptions of the registry. Lists are in the order of their clients' hash, which does not change. */
export class Subscriptions extends Listing<SubscriptionItem> {
  readonly topics: TopicIndex;

  constructor(database: Database) {
    super(database, "subscription");
    this.topics = new TopicIndex(database);
  }

  /** The subscriptions from `offset` (from 0) on, at most `limit`; whether there are more; and the number of all. */
  async page(
    offset: number,
    limit: number,
  ): Promise<{ subscriptions: Subscription[]; hasnext: boolean; all: number }> {
    const { items, ...rest } = await this.pageOfItems(offset, limit);
    return { subscriptions: items.map(subscriptionOf), ...rest };
  }

  /** All subscriptions in the same order. */
  async *all(): AsyncGenerator<Subscription> {
    for await (const item of this.itemsFrom("")) if (item.standing !== "gone") yield subscriptionOf(item);
  }

  /** The subscriptions of sessions of a client, in the order in which they were made. */
  async ofSessions(clientid: string, sessionIdentifiers: readonly string[]): Promise<Subscription[]> {
    const found: SubscriptionItem[] = [];
    for await (const item of this.#items(clientid)) {
      if (sessionIdentifiers.includes(item.session_identifier) && item.standing !== "gone") found.push(item);
    }
    found.sort((a, b) => a.at - b.at || a.place - b.place);
    return found.map(subscriptionOf);
  }

  /** The sessions that subscriptions are remembered of, whether they are over or not; one may come several times. */
  async *owners(): AsyncGenerator<{ clientid: string; session_identifier: string }> {
    for await (const { clientid, session_identifier } of this.itemsFrom(""))
      yield { clientid, session_identifier };
  }

  /** Whether any session subscribes to a filter that matches a topic name. */
  anyMatch(topic: string): Promise<boolean> {
    return this.topics.anyMatch(topic);
  }

  /** Remembers an event, unless a later one of the same filter is known. */
  async record(event: SubscriptionEvent): Promise<void> {
    const { state, ...facts } = event;
    const ended = state === "ended";
    try {
      await this.database.client.send(
        new PutCommand({
          TableName: this.database.registry,
          Item: {
            ...subscriptionKey(event.clientid, event.topic),
            ...facts,
            ...(ended
              ? { standing: "gone", expires_at: Math.floor((event.at + lateEventMemory) / 1000) }
              : withoutDefaults(state)),
          },
          ConditionExpression: "attribute_not_exists(pk) OR #at < :at",
          ExpressionAttributeNames: { "#at": "at" },
          ExpressionAttributeValues: { ":at": event.at },
        }),
      );
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  /** Forgets what belongs to a session of a client that is over. */
  async endSession(clientid: string, sessionIdentifier: string): Promise<void> {
    for await (const item of this.#items(clientid)) {
      if (item.session_identifier === sessionIdentifier) await this.#remove(item);
    }
  }

  /** Lets what belongs to a session of a client belong to another one, whatever becomes known meanwhile. */
  async moveSession(clientid: string, from: string, session_identifier: string): Promise<void> {
    for await (const item of this.#items(clientid)) {
      if (item.session_identifier === from) await this.#replace(item, { ...item, session_identifier });
    }
  }

  async #replace({ session_identifier, at }: SubscriptionItem, Item: SubscriptionItem): Promise<void> {
    try {
      await this.database.client.send(
        new PutCommand({
          TableName: this.database.registry,
          Item,
          ConditionExpression: "session_identifier = :session AND #at = :at",
          ExpressionAttributeNames: { "#at": "at" },
          ExpressionAttributeValues: { ":session": session_identifier, ":at": at },
        }),
      );
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  async #remove({ pk, sk, session_identifier }: SubscriptionItem): Promise<void> {
    try {
      await this.database.client.send(
        new DeleteCommand({
          TableName: this.database.registry,
          Key: { pk, sk },
          ConditionExpression: "session_identifier = :session",
          ExpressionAttributeValues: { ":session": session_identifier },
        }),
      );
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }

  #items(clientid: string): AsyncGenerator<SubscriptionItem> {
    const { pk, start } = subscriptionsStart(clientid);
    return queryItems(this.database, { pk, beginsWith: start, ConsistentRead: true });
  }
}
