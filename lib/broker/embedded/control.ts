import type { Client } from "aedes";
import { filterProblem } from "../../mqtt/filter-syntax.ts";
import type { SubscriptionOptions } from "../../records/session.ts";
import type { ClientControl, ControlOutcome } from "../broker.ts";
import { AedesClient } from "./aedes-client.ts";
import type { Connections } from "./connections.ts";
import type { KeptState } from "./kept-state.ts";
import { topicRefusal } from "./limits.ts";
import type { Reports } from "./reports.ts";

interface Parts {
  connections: Connections;
  kept: KeptState;
  reports: Reports;
}

/**
 * Subscribes and unsubscribes the sessions of the embedded broker, and changes the keepalive of its connections. As in
 * EMQX 5.8, the rules that change the filters of clients do not change these.
 */
export class EmbeddedControl implements ClientControl {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async knows(clientid: string): Promise<boolean> {
    const { connections, kept } = this.#parts;
    return connections.withId(clientid) !== undefined || (await kept.sessions.has(clientid));
  }

  async subscribe(clientid: string, topic: string, options: SubscriptionOptions): Promise<ControlOutcome> {
    const { connections, kept, reports } = this.#parts;
    const client = connections.withId(clientid);
    if (client && !client.closed) {
      const outcome = await this.#subscribeConnected(client, topic, options);
      // Where its connection ended meanwhile, its session may be there still.
      if (!client.closed) return outcome;
    }
    const sessionIdentifier = await kept.sessions.find(clientid);
    if (sessionIdentifier === undefined) return "unknown";
    const refused = refusal(topic);
    if (refused) return { refused };
    await kept.subscribe(clientid, { topic, ...options });
    // Kept first and checked after: a client that connects meanwhile has either found it there, or is found here.
    const returned = connections.withId(clientid);
    if (returned && !returned.closed) return this.#subscribeConnected(returned, topic, options);
    reports.subscribedWhileAway({ id: clientid, sessionIdentifier }, topic, options);
    return "done";
  }

  async unsubscribe(clientid: string, topic: string): Promise<ControlOutcome> {
    const { connections, kept, reports } = this.#parts;
    const client = connections.withId(clientid);
    const sessionIdentifier = await kept.sessions.find(clientid);
    if (!client && sessionIdentifier === undefined) return "unknown";
    // Nobody can be subscribed to it.
    if (refusal(topic)) return "done";
    if (sessionIdentifier !== undefined) await kept.unsubscribe(clientid, topic);
    const present = connections.withId(clientid);
    if (present) await new AedesClient(present).unsubscribe(topic);
    else if (sessionIdentifier !== undefined) {
      reports.unsubscribedWhileAway({ id: clientid, sessionIdentifier }, topic);
    }
    return "done";
  }

  async setKeepalive(clientid: string, seconds: number): Promise<boolean> {
    const { connections } = this.#parts;
    const client = connections.withId(clientid);
    if (!client) return this.knows(clientid);
    connections.of(client).facts.keepalive = seconds;
    new AedesClient(client).setKeepalive(seconds);
    return true;
  }

  async #subscribeConnected(
    client: Client,
    topic: string,
    options: SubscriptionOptions,
  ): Promise<ControlOutcome> {
    const refused = refusal(topic);
    if (refused) return { refused };
    await new AedesClient(client).subscribe({ topic, ...options });
    const connection = this.#parts.connections.find(client);
    if (!connection) return "unknown";
    return connection.filters.has(topic)
      ? "done"
      : { refused: `The broker does not take the filter ${topic}` };
  }
}

function refusal(filter: string): string | undefined {
  if (filter.startsWith("$exclusive/")) return "The embedded broker has no exclusive subscriptions";
  return topicRefusal(filter) ?? filterProblem(filter);
}
