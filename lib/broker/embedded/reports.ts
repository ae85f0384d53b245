import type { Client, Subscription } from "aedes";
import type { LifecycleEvent } from "../../ingest/lifecycle-event.ts";
import type { SubscriptionOptions } from "../../records/session.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import { subscriptionOptions } from "./kept-state.ts";

/** A session that is kept. */
interface KeptSession {
  id: string;
  sessionIdentifier: string;
}

/** Notes what happens to the clients of the embedded broker, and reports it as AWS IoT Core does. */
export class Reports {
  readonly #connections: Connections;
  readonly #onEvent: (event: LifecycleEvent) => void;
  #lastMark = 0;

  constructor(connections: Connections, onEvent: (event: LifecycleEvent) => void) {
    this.#connections = connections;
    this.#onEvent = onEvent;
  }

  /** A client is connected. */
  connected(client: Client): void {
    const connection = this.#connections.of(client);
    const mark = this.#nextMark();
    connection.version = mark;
    this.#connections.establish(client);
    this.#onEvent({
      eventType: "connected",
      ...this.#common(client, connection, mark),
      versionNumber: mark,
      ...(connection.ip_address !== undefined && { ipAddress: connection.ip_address }),
      session: connection.facts,
    });
  }

  /** A connection is over. Returns what was known of it, if its client was connected. */
  disconnected(client: Client): Connection | undefined {
    const connection = this.#connections.close(client);
    if (connection?.version === undefined) return undefined;
    const { version, sessionExpiryInterval } = client;
    const changed = version === 5 && sessionExpiryInterval !== connection.facts.expiry_interval;
    this.#onEvent({
      eventType: "disconnected",
      ...this.#common(client, connection),
      versionNumber: connection.version,
      ...(connection.isKicked && { ended: true as const }),
      ...(changed && { expiry_interval: sessionExpiryInterval }),
      ...(connection.leftWith && { disconn_props: connection.leftWith }),
    });
    return connection;
  }

  /** A client was granted subscriptions. */
  subscribed(client: Client, subscriptions: readonly Subscription[]): void {
    const granted = subscriptions.flatMap(({ topic, qos, ...options }) =>
      isQos(qos) ? [{ topic, options: subscriptionOptions({ qos, ...options }) }] : [],
    );
    if (granted.length === 0) return;
    const connection = this.#connections.of(client);
    for (const { topic, options } of granted) connection.filters.set(topic, options);
    this.#onEvent({
      eventType: "subscribed",
      ...this.#common(client, connection),
      topics: granted.map(({ topic }) => topic),
      options: granted.map(({ options }) => options),
    });
  }

  unsubscribed(client: Client, topics: readonly string[]): void {
    const connection = this.#connections.of(client);
    for (const topic of topics) connection.filters.delete(topic);
    this.#onEvent({
      eventType: "unsubscribed",
      ...this.#common(client, connection),
      topics: [...topics],
    });
  }

  /** A session was ended while its client is away: later than its last connection, which may be of an earlier run. */
  endedWhileAway(session: KeptSession): void {
    const mark = this.#nextMark();
    const common = this.#common(session, session, mark);
    this.#onEvent({ eventType: "disconnected", ...common, versionNumber: mark, ended: true });
  }

  /** A session got a subscription while its client is away. */
  subscribedWhileAway(session: KeptSession, topic: string, options: SubscriptionOptions): void {
    const common = this.#common(session, session);
    this.#onEvent({ eventType: "subscribed", ...common, topics: [topic], options: [options] });
  }

  /** A session lost a subscription while its client is away. */
  unsubscribedWhileAway(session: KeptSession, topic: string): void {
    this.#onEvent({ eventType: "unsubscribed", ...this.#common(session, session), topics: [topic] });
  }

  #common(
    { id }: Pick<Client, "id">,
    { sessionIdentifier }: Pick<Connection, "sessionIdentifier">,
    timestamp = this.#nextMark(),
  ) {
    return { clientId: id, timestamp, sessionIdentifier };
  }

  /** Epoch milliseconds, and later than every mark before, over restarts too. */
  #nextMark(): number {
    this.#lastMark = Math.max(Date.now(), this.#lastMark + 1);
    return this.#lastMark;
  }
}

const isQos = (qos: number): qos is 0 | 1 | 2 => qos === 0 || qos === 1 || qos === 2;
