import type { Client } from "aedes";
import { filterProblem } from "../../mqtt/filter-syntax.ts";
import type { SubscriptionOptions } from "../../records/session.ts";
import type { ClientControl, ControlOutcome } from "../broker.ts";
import { AedesClient } from "./aedes-client.ts";
import { identityOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Extensions } from "./extensions.ts";
import type { KeptState } from "./kept-state.ts";
import { topicRefusal } from "./limits.ts";
import type { Reports } from "./reports.ts";

interface Parts {
  connections: Connections;
  kept: KeptState;
  extensions: Extensions;
  reports: Reports;
}

/** Subscribes and unsubscribes the sessions of the embedded broker, and changes the keepalive of its connections. */
export class EmbeddedControl implements ClientControl {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async knows(clientid: string): Promise<boolean> {
    const { connections, kept } = this.#parts;
    return connections.withId(clientid) !== undefined || (await kept.sessions.has(clientid));
  }

  async subscribe(clientid: string, filter: string, options: SubscriptionOptions): Promise<ControlOutcome> {
    const { connections, kept, reports } = this.#parts;
    const client = connections.withId(clientid);
    if (client) return this.#subscribeConnected(client, filter, options);
    const sessionIdentifier = await kept.sessions.find(clientid);
    if (sessionIdentifier === undefined) return "unknown";
    const topic = this.#rewrite(filter, clientid);
    const refused = refusal(topic);
    if (refused) return { refused };
    await kept.subscribe(clientid, { topic, ...options });
    // Kept first and checked after: a client that connects meanwhile has either found it there, or is found here.
    const returned = connections.withId(clientid);
    if (returned) return this.#subscribeConnected(returned, filter, options);
    reports.subscribedWhileAway({ id: clientid, sessionIdentifier }, topic, options);
    return "done";
  }

  async unsubscribe(clientid: string, filter: string): Promise<ControlOutcome> {
    const { connections, kept, reports } = this.#parts;
    const client = connections.withId(clientid);
    const sessionIdentifier = await kept.sessions.find(clientid);
    if (!client && sessionIdentifier === undefined) return "unknown";
    const topic = this.#rewrite(filter, clientid);
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
    filter: string,
    { qos, nl, rap, rh }: SubscriptionOptions,
  ): Promise<ControlOutcome> {
    const topic = this.#rewrite(filter, client.id);
    const refused = refusal(topic);
    if (refused) return { refused };
    // Before MQTT 5 clients do not know these two, and EMQX does not let the API decide them.
    const options = client.version === 5 ? { nl: nl === 1, rap: rap === 1 } : { nl: false, rap: false };
    await new AedesClient(client).subscribe({ topic, qos, rh, ...options });
    const connection = this.#parts.connections.find(client);
    if (!connection) return "unknown";
    return connection.filters.has(topic)
      ? "done"
      : { refused: `The broker does not take the filter ${topic}` };
  }

  #rewrite(filter: string, clientid: string): string {
    const { connections, extensions } = this.#parts;
    const client = connections.withId(clientid);
    const connection = client && connections.find(client);
    return extensions.rewriteFilter(filter, connection ? identityOf(client, connection) : { clientid });
  }
}

function refusal(filter: string): string | undefined {
  if (filter.startsWith("$exclusive/")) return "The embedded broker has no exclusive subscriptions";
  return topicRefusal(filter) ?? filterProblem(filter);
}
