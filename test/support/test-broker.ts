import type {
  Broker,
  BrokerSession,
  BrokerSubscription,
  Message,
  MessageQueues,
  PublishResult,
  QueuedMessage,
} from "../../lib/broker/broker.ts";
import { AutoSubscribe } from "../../lib/broker/embedded/auto-subscribe.ts";
import { Connections } from "../../lib/broker/embedded/connections.ts";
import { SlowSubscriptions } from "../../lib/broker/embedded/slow-subscriptions.ts";
import { MeasuredTopics } from "../../lib/broker/embedded/topic-metrics.ts";
import { TopicRewrite } from "../../lib/broker/embedded/topic-rewrite.ts";

/** A broker that records what it is told and answers what a test wants. */
export class TestBroker implements Broker {
  readonly topicRewrite = new TopicRewrite();
  readonly autoSubscribe = new AutoSubscribe(new Connections());
  readonly topicMetrics = new MeasuredTopics();
  readonly slowSubscriptions = new SlowSubscriptions();
  readonly published: Message[] = [];
  readonly kicked: string[] = [];
  readonly sessions = new Map<string, BrokerSession>();
  readonly subscribed = new Map<string, BrokerSubscription[]>();
  /** What publishing to a topic results in; `unmatched` for others. */
  readonly results = new Map<string, PublishResult | Error>();
  /** Why messages to a topic are refused. */
  readonly refusals = new Map<string, string>();
  /** Clients that the broker knows. */
  readonly known = new Set<string>();

  /** What waits for clients, and is in flight to them as well. */
  readonly queued = new Map<string, QueuedMessage[]>();
  readonly queues: MessageQueues = {
    waiting: async (clientid) => this.queued.get(clientid),
    inFlight: async (clientid) => this.queued.get(clientid),
  };

  refusal({ topic }: Message): string | undefined {
    return this.refusals.get(topic);
  }

  async publish(message: Message): Promise<PublishResult> {
    const result = this.results.get(message.topic) ?? "unmatched";
    if (result instanceof Error) throw result;
    this.published.push(message);
    return result;
  }

  async kick(clientid: string): Promise<boolean> {
    this.kicked.push(clientid);
    return this.known.delete(clientid);
  }

  async session(clientid: string): Promise<BrokerSession | undefined> {
    return this.sessions.get(clientid);
  }

  async subscriptions(clientid: string): Promise<BrokerSubscription[]> {
    return this.subscribed.get(clientid) ?? [];
  }

  async *retainedTopics() {}

  async retained(): Promise<undefined> {
    return undefined;
  }

  async sendTo(): Promise<boolean> {
    return false;
  }
}
