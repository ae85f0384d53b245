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
} from "../../lib/broker/broker.ts";

import type { ClientStatistics } from "../../lib/records/client-statistics.ts";

/** A broker that records what it is told and answers what a test wants. */
export class TestBroker implements Broker {
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
