import type {
  Broker,
  BrokerSession,
  BrokerSubscription,
  ClientControl,
  ControlOutcome,
  Message,
  MessageQueues,
  PublishResult,
  QueuedMessage,
  RetainedMessage,
  RetainerControl,
} from "../../lib/broker/broker.ts";
import { AutoSubscribe } from "../../lib/broker/embedded/auto-subscribe.ts";
import { Connections } from "../../lib/broker/embedded/connections.ts";
import { SlowSubscriptions } from "../../lib/broker/embedded/slow-subscriptions.ts";
import { MeasuredTopics } from "../../lib/broker/embedded/topic-metrics.ts";
import { TopicRewrite } from "../../lib/broker/embedded/topic-rewrite.ts";
import { newMessageId } from "../../lib/mqtt/message-id.ts";
import type { ClientStatistics } from "../../lib/records/client-statistics.ts";
import type { RetainerRules } from "../../lib/records/retainer-settings.ts";

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
  readonly kept = new Map<string, RetainedMessage>();
  /** The rules that it was given. */
  readonly rules: RetainerRules[] = [];
  retainer: RetainerControl = { configure: (rules) => void this.rules.push(rules) };
  /** Clients that the broker knows. */
  readonly known = new Set<string>();
  /** Lets every client be changed, unless it is replaced. */
  control: ClientControl | undefined = new TestControl();
  readonly counted = new Map<string, ClientStatistics>();
  readonly statistics = { of: () => this.counted };

  /** What waits for clients, and is in flight to them as well. */
  readonly queued = new Map<string, QueuedMessage[]>();
  readonly queues: MessageQueues = {
    waiting: async (clientid) => this.queued.get(clientid),
    inFlight: async (clientid) => this.queued.get(clientid),
  };

  /** Makes it keep a retained message. */
  retain(topic: string, payload: string | Buffer, given: Partial<RetainedMessage> = {}): void {
    const row = { topic, qos: 0 as const, publish_at: Date.now(), from_clientid: "c1" };
    this.kept.set(topic, { ...row, msgid: newMessageId(), payload: Buffer.from(payload), ...given });
  }

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

  async *retainedTopics() {
    for (const { payload: _, ...row } of this.kept.values()) yield row;
  }

  async retained(topic: string): Promise<RetainedMessage | undefined> {
    return this.kept.get(topic);
  }

  async discardRetained(topic: string): Promise<void> {
    this.kept.delete(topic);
  }
}

/** Changes what it is told of every client, and refuses the filters that it is told to. */
export class TestControl implements ClientControl {
  readonly calls: unknown[][] = [];
  readonly outcomes = new Map<string, ControlOutcome>();

  async knows(clientid: string): Promise<boolean> {
    return !clientid.startsWith("no");
  }

  async subscribe(...call: Parameters<ClientControl["subscribe"]>): Promise<ControlOutcome> {
    this.calls.push(["subscribe", ...call]);
    return this.outcomes.get(call[1]) ?? "done";
  }

  async unsubscribe(...call: Parameters<ClientControl["unsubscribe"]>): Promise<ControlOutcome> {
    this.calls.push(["unsubscribe", ...call]);
    return this.outcomes.get(call[1]) ?? "done";
  }

  async setKeepalive(...call: Parameters<ClientControl["setKeepalive"]>): Promise<boolean> {
    this.calls.push(["setKeepalive", ...call]);
    return this.knows(call[0]);
  }
}
