import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Aedes, type AuthenticateError, type Client, type Subscription } from "aedes";
import type { LifecycleEvent } from "../ingest/lifecycle-event.ts";
import type {
  Broker,
  BrokerSession,
  BrokerSubscription,
  Message,
  PublishResult,
  RetainedMessage,
  RetainedTopic,
} from "./broker.ts";
import { type Connection, describeConnection, sessionExpiryInterval } from "./connection.ts";
import { Connections } from "./connections.ts";
import { type AedesPersistence, KeptState } from "./kept-state.ts";
import type { SessionIdentifiers } from "./session-identifiers.ts";

/** Aedes's limit. */
const maxTopicLevels = 100;

/** The protocol's limit for a client id. [MQTT-1.5.3] */
const maxClientidBytes = 65_535;

export interface EmbeddedBrokerOptions {
  /** An Aedes persistence; keeps sessions, queues and retained messages. */
  persistence: AedesPersistence;
  sessionIdentifiers: SessionIdentifiers;
  /** Told what happens to clients, in the order in which it happens. */
  onEvent: (event: LifecycleEvent) => void;
}

/** An MQTT 3.1 and 3.1.1 broker in this process, with the events of AWS IoT Core. */
export class EmbeddedBroker implements Broker {
  readonly #kept: KeptState;
  readonly #onEvent: EmbeddedBrokerOptions["onEvent"];
  readonly #connections = new Connections();
  #aedes: Aedes;
  #lastMark = 0;
  /** Aedes loses messages when its server side publishes concurrently, so one follows the other. */
  #publishing: Promise<unknown> = Promise.resolve();

  static async start(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker(options);
    await broker.#aedes.listen();
    return broker;
  }

  private constructor({ persistence, sessionIdentifiers, onEvent }: EmbeddedBrokerOptions) {
    this.#kept = new KeptState(persistence, sessionIdentifiers);
    this.#onEvent = onEvent;
    this.#aedes = new Aedes({
      // Queued messages are kept in the order of this id, so it grows from start to start.
      id: Date.now().toString().padStart(16, "0"),
      persistence,
      maxClientsIdLength: maxClientidBytes,
      queueLimit: 1_000,
      preConnect: (client, packet, done) => {
        this.#connections.open(client, packet);
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        this.#admit(client).then(
          () => done(null, true),
          (cause) => done(refusal(cause), false),
        );
      },
    });
    // Earlier than `clientReady`, which comes after the client was told, and may have been kicked out again.
    this.#aedes.on("client", (client) => this.#connected(client));
    this.#aedes.on("clientDisconnect", (client) => this.#disconnected(client));
    this.#aedes.on("subscribe", (subscriptions, client) => this.#subscribed(client, subscriptions));
    this.#aedes.on("unsubscribe", (topics, client) => {
      // Aedes reports the end of a connection as an unsubscribe too.
      if (!client.closed) this.#unsubscribed(client, topics);
    });
    this.#aedes.on("connectionError", (client) => void this.#connections.close(client));
  }

  /** Takes over a network connection. `request` is there for a WebSocket. */
  accept(stream: Duplex, request?: IncomingMessage): void {
    this.#aedes.handle(stream, request);
  }

  refusal({ topic }: Message): string | undefined {
    if (topic.split("/").length <= maxTopicLevels) return undefined;
    return `The embedded broker takes topics with ${maxTopicLevels} levels at most`;
  }

  async publish(message: Message): Promise<PublishResult> {
    const turn = this.#publishing.then(() => this.#publishNow(message));
    this.#publishing = turn.catch(() => {});
    return turn;
  }

  async kick(clientid: string, { preventWill = false } = {}): Promise<boolean> {
    const client = this.#connections.withId(clientid);
    // A field of Aedes that its types leave out.
    if (client && preventWill) Object.assign(client, { will: undefined });
    if (client) await new Promise<void>((resolve) => client.close(resolve));
    return (await this.#kept.discard(clientid)) || client !== undefined;
  }

  async session(clientid: string): Promise<BrokerSession | undefined> {
    const client = this.#connections.withId(clientid);
    if (client) return describeConnection(this.#connections.of(client));
    if (!(await this.#kept.sessions.has(clientid))) return undefined;
    return { connected: false, clean_start: false, expiry_interval: sessionExpiryInterval, keepalive: 0 };
  }

  async subscriptions(clientid: string): Promise<BrokerSubscription[]> {
    const client = this.#connections.withId(clientid);
    if (!client) return this.#kept.subscriptions(clientid);
    return [...this.#connections.of(client).filters].map(([topic, qos]) => ({ topic, qos }));
  }

  retainedTopics(): AsyncIterable<RetainedTopic> {
    return this.#kept.retainedTopics();
  }

  retained(topic: string): Promise<RetainedMessage | undefined> {
    return this.#kept.retained(topic);
  }

  async sendTo(clientid: string, { topic, payload, qos }: Message): Promise<boolean> {
    const client = this.#connections.withId(clientid);
    if (!client) return false;
    await new Promise<void>((resolve, reject) => {
      const packet = { cmd: "publish", topic, payload, qos, retain: false, dup: false } as const;
      client.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
    return true;
  }

  /** Forgets subscriptions and queued messages of a client that is not connected. */
  async discardSession(clientid: string): Promise<void> {
    await this.#kept.discard(clientid);
  }

  /** Disconnects everyone and stops. Sessions that are to be kept stay in the persistence. */
  async close(): Promise<void> {
    await this.#publishing;
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }

  async #publishNow({ topic, payload, qos, retain }: Message): Promise<PublishResult> {
    const matched = this.#connections.anySubscribes(topic) || (await this.#kept.anySubscribes(topic));
    await new Promise<void>((resolve, reject) => {
      this.#aedes.publish({ cmd: "publish", topic, payload, qos, retain, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    return matched ? "delivered" : "unmatched";
  }

  /** Finds or begins the session of a client, before it is told that it is connected. */
  async #admit(client: Client): Promise<void> {
    const connection = this.#connections.of(client);
    const { sessions } = this.#kept;
    if (client.clean) {
      await sessions.remove(client.id);
      return;
    }
    connection.sessionIdentifier = await sessions.resume(client.id, connection.sessionIdentifier);
    for (const { topic, qos } of await this.#kept.subscriptions(client.id)) {
      this.#connections.subscribe(connection, topic, qos);
    }
  }

  #connected(client: Client): void {
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

  #disconnected(client: Client): void {
    const connection = this.#connections.close(client);
    if (connection?.version === undefined) return;
    this.#onEvent({
      eventType: "disconnected",
      ...this.#common(client, connection),
      versionNumber: connection.version,
    });
  }

  #subscribed(client: Client, subscriptions: readonly Subscription[]): void {
    const granted = subscriptions.flatMap(({ topic, qos }) => (isQos(qos) ? [{ topic, qos }] : []));
    if (granted.length === 0) return;
    const connection = this.#connections.of(client);
    for (const { topic, qos } of granted) this.#connections.subscribe(connection, topic, qos);
    this.#onEvent({
      eventType: "subscribed",
      ...this.#common(client, connection),
      topics: granted.map(({ topic }) => topic),
      qos: granted.map(({ qos }) => qos),
    });
  }

  #unsubscribed(client: Client, topics: readonly string[]): void {
    const connection = this.#connections.of(client);
    for (const topic of topics) this.#connections.unsubscribe(connection, topic);
    this.#onEvent({
      eventType: "unsubscribed",
      ...this.#common(client, connection),
      topics: [...topics],
    });
  }

  #common({ id }: Client, { sessionIdentifier }: Connection, timestamp = this.#nextMark()) {
    return { clientId: id, timestamp, sessionIdentifier };
  }

  /** Epoch milliseconds, and later than every mark before, over restarts too. */
  #nextMark(): number {
    this.#lastMark = Math.max(Date.now(), this.#lastMark + 1);
    return this.#lastMark;
  }
}

const isQos = (qos: number): qos is 0 | 1 | 2 => qos === 0 || qos === 1 || qos === 2;

/** [MQTT-3.2.2-5] the client is told with code 3, server unavailable. */
function refusal(cause: unknown): AuthenticateError {
  return Object.assign(new Error("The session could not be read", { cause }), { returnCode: 3 });
}
