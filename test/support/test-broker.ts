import type { Broker, Message, PublishResult } from "../../lib/broker/broker.ts";

/** A broker that records what it is told and answers what a test wants. */
export class TestBroker implements Broker {
  readonly limits = { packetBytes: 1_048_576 };
  readonly published: Message[] = [];
  readonly kicked: string[] = [];
  /** What publishing to a topic results in; `unmatched` for others. */
  readonly results = new Map<string, PublishResult | Error>();
  /** Clients that the broker knows. */
  readonly known = new Set<string>();

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
}
