import type { AutoSubscription } from "../records/auto-subscription.ts";
import type { BanKind } from "../records/ban.ts";
import type { ClientStatistics } from "../records/client-statistics.ts";
import type { MessageProperties } from "../records/message-properties.ts";
import type { RetainerRules, RetainerSettings } from "../records/retainer-settings.ts";
import type { KnownOptions, SubscriptionOptions } from "../records/session.ts";
import type { SlowSubscription, SlowSubscriptionLimits } from "../records/slow-subscription.ts";
import type { TopicMetrics } from "../records/topic-metrics.ts";
import type { RewriteRule } from "../records/topic-rewrite.ts";

/** The MQTT broker behind the API. Two adapters speak for it: `embedded/` and `iot-core/`. */
export interface Broker {
  /** Why the broker cannot take a message, in words for the caller; `undefined` if it can. Asked before `publish`. */
  refusal(message: Message): string | undefined;

  /** Messages on their way to sessions; absent where the broker does not show them. */
  readonly queues?: MessageQueues;

  /** Publishes a message on behalf of the API. Calls take effect in the order in which they are made. */
  publish(message: Message): Promise<PublishResult>;

  /**
   * Disconnects a client and discards its session. Its will is published, unless `preventWill` is set. Returns
   * whether the broker knew a connection or a session of it.
   */
  kick(clientid: string, options?: { preventWill?: boolean }): Promise<boolean>;

  /** How many clients may be kicked out per second; absent where there is no limit. */
  readonly kicksPerSecond?: number;

  /** Why a ban of a kind would have no effect, in words for the caller; absent where all kinds can be enforced. */
  banRefusal?(as: BanKind): string | undefined;

  /** The client's session as the broker has it now, `undefined` if it has none. */
  session(clientid: string): Promise<BrokerSession | undefined>;

  /** What the client's session is subscribed to now; empty if there is none. */
  subscriptions(clientid: string): Promise<BrokerSubscription[]>;

  /** Topics of retained messages, page by page, in an order of the broker's; expired ones may be among them. */
  retainedTopics(): AsyncIterable<RetainedTopic>;

  /** The retained message of a topic, unless it has expired. */
  retained(topic: string): Promise<RetainedMessage | undefined>;

  /** Forgets the retained message of a topic, if there is one. */
  discardRetained(topic: string): Promise<void>;

  /** How its keeping of retained messages is governed. */
  readonly retainer: RetainerControl;
  /** What only some brokers do besides MQTT. */
  readonly topicRewrite?: TopicRewriting;
  readonly autoSubscribe?: AutoSubscribing;
  readonly topicMetrics?: TopicMeasuring;
  readonly slowSubscriptions?: SlowSubscribing;

  /** Changes of what MQTT leaves to the client; absent where the broker has no way to make them. */
  readonly control?: ClientControl | undefined;

  /** What clients send and receive; absent where the broker does not tell. */
  readonly statistics?: StatisticsOfClients | undefined;
}

/** Changes what a client's session, connected or not, has from the client itself. */
export interface ClientControl {
  /** Whether the broker has a session of a client. */
  knows(clientid: string): Promise<boolean>;

  /** Subscribes it, as if the client did; retained messages follow as its options say. */
  subscribe(clientid: string, filter: string, options: SubscriptionOptions): Promise<ControlOutcome>;

  /** Ends a subscription of it; `done` also if there was none. */
  unsubscribe(clientid: string, filter: string): Promise<ControlOutcome>;

  /**
   * Changes how long the client may be silent, in seconds; 0 means for ever. Holds for this connection. Returns
   * whether the broker knows a session of the client.
   */
  setKeepalive(clientid: string, seconds: number): Promise<boolean>;
}

/** `unknown`: there is no session; `refused`: why the broker does not do it, in words for the caller. */
export type ControlOutcome = "done" | "unknown" | { refused: string };

export interface StatisticsOfClients {
  /** Of the given clients, those with a session at the broker. */
  of(clientids: readonly string[]): ReadonlyMap<string, ClientStatistics>;
}

export interface Message {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  properties?: MessageProperties;
  /** Id by which the message is known where the broker keeps it, see `lib/mqtt/message-id.ts`. */
  msgid?: string;
  /** Whom it is from, where the broker shows that; the API, if absent. */
  from_clientid?: string;
  from_username?: string | null | undefined;
}

export type { MessageProperties };

/**
 * `delivered`: handed to at least one session, connected or not; `unmatched`: nobody subscribes, or the message is
 * held back; `failed`: somebody subscribes and nobody could be reached; `accepted`: the broker does not tell.
 */
export type PublishResult = "delivered" | "unmatched" | "failed" | "accepted";

/** A session as a broker has it. Times are epoch milliseconds. */
export interface BrokerSession {
  connected: boolean;
  clean_start: boolean;
  /** Seconds for which the session outlives its connection. */
  expiry_interval: number;
  /** Seconds. */
  keepalive: number;
  connected_at?: number;
  disconnected_at?: number;
  ip_address?: string;
  port?: number;
}

/** A subscription as a broker has it. */
export interface BrokerSubscription extends KnownOptions {
  topic: string;
}

/** Messages on their way to sessions, in the order in which they came. `undefined` where there is no session. */
export interface MessageQueues {
  /** What waits for a session's client to connect, or for a place in its in-flight window. */
  waiting(clientid: string): Promise<QueuedMessage[] | undefined>;

  /** What was sent to the client and is not acknowledged. */
  inFlight(clientid: string): Promise<QueuedMessage[] | undefined>;
}

export interface QueuedMessage {
  msgid: string;
  topic: string;
  payload: Buffer;
  /** With which it is sent. */
  qos: 0 | 1 | 2;
  /** Epoch milliseconds. */
  publish_at: number;
  from_clientid: string;
  /** `null` for a client without a user name; absent for a sender that is no client. */
  from_username?: string | null;
  /** Epoch nanoseconds. */
  inserted_at: string;
}

export interface RetainedTopic {
  topic: string;
  qos: 0 | 1 | 2;
  msgid: string;
  /** Epoch milliseconds. */
  publish_at: number;
  /** Epoch milliseconds from which it is not delivered any more; absent if it does not expire. */
  expires_at?: number;
  /** Empty where the broker does not know. */
  from_clientid: string;
  /** `null` for a client without a user name; absent for a sender that is no client, or where it is not known. */
  from_username?: string | null;
}

export interface RetainedMessage extends RetainedTopic {
  payload: Buffer;
}

/** Rules for retained messages that can be changed. */
export interface RetainerControl {
  /** Takes on other rules; absent where the broker alone decides. */
  configure?(rules: RetainerRules): void;
  /** Settings that the broker has, where they differ from EMQX's defaults. */
  readonly preset?: Partial<RetainerSettings>;
}

/** Changes topics on their way in. */
export interface TopicRewriting {
  /** Puts rules in the place of those before. Of those that match a topic the last one decides. */
  configure(rules: readonly RewriteRule[]): void;
}

/** Subscribes clients when they connect. */
export interface AutoSubscribing {
  /** Puts subscriptions in the place of those before; they are for clients that connect from now on. */
  configure(subscriptions: readonly AutoSubscription[]): void;
}

/** Counts the messages of chosen topics. */
export interface TopicMeasuring {
  /** Begins to count the messages of a topic, if that is not so already. */
  add(topic: string): TopicMetrics;
  /** Counts a topic no more. Returns whether it was counted. */
  remove(topic: string): boolean;
  /** Begins again at zero. Returns `undefined` if the topic is not counted, as `get` does. */
  reset(topic: string): TopicMetrics | undefined;
  get(topic: string): TopicMetrics | undefined;
  all(): TopicMetrics[];
}

/** Notes the subscriptions that messages reach slowly. */
export interface SlowSubscribing {
  configure(limits: SlowSubscriptionLimits): void;
  /** The slowest first. */
  list(): SlowSubscription[];
  clear(): void;
}
