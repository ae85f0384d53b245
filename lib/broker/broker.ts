import type { AutoSubscription } from "../records/auto-subscription.ts";
import type { KnownOptions } from "../records/session.ts";
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

  /** The client's session as the broker has it now, `undefined` if it has none. */
  session(clientid: string): Promise<BrokerSession | undefined>;

  /** What the client's session is subscribed to now; empty if there is none. */
  subscriptions(clientid: string): Promise<BrokerSubscription[]>;

  /** Topics of retained messages, page by page, in an order of the broker's. */
  retainedTopics(): AsyncIterable<RetainedTopic>;

  /** The retained message of a topic. */
  retained(topic: string): Promise<RetainedMessage | undefined>;

  /** What only some brokers do besides MQTT. */
  readonly topicRewrite?: TopicRewriting;
  readonly autoSubscribe?: AutoSubscribing;
  readonly topicMetrics?: TopicMeasuring;
  readonly slowSubscriptions?: SlowSubscribing;

  /** Sends a message to one connected client, subscribed or not. Returns whether the client was connected. */
  sendTo(clientid: string, message: Message): Promise<boolean>;
}

export interface Message {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  properties?: MessageProperties;
  /** Id by which the message is known where the broker keeps it, see `lib/mqtt/message-id.ts`. */
  msgid?: string;
}

/** MQTT 5 properties of a message, in EMQX's spelling. */
export interface MessageProperties {
  payload_format_indicator?: number | undefined;
  /** Seconds. */
  message_expiry_interval?: number | undefined;
  response_topic?: string | undefined;
  correlation_data?: string | undefined;
  content_type?: string | undefined;
  user_properties?: Record<string, string> | undefined;
}

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
  /** Epoch milliseconds; absent where the broker does not know. */
  publish_at?: number;
}

export interface RetainedMessage extends RetainedTopic {
  payload: Buffer;
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
