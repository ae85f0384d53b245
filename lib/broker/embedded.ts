import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import {
  Aedes,
  type AedesPublishPacket,
  type AuthenticateError,
  type Client,
  type Subscription,
} from "aedes";
import type { LifecycleEvent } from "../ingest/lifecycle-event.ts";
import { FilterIndex } from "../mqtt/filter-index.ts";
import type { Broker, Message, PublishResult } from "./broker.ts";
import { type Connection, newConnection } from "./connection.ts";
import type { SessionIdentifiers } from "./session-identifiers.ts";

/** EMQX's default `mqtt.max_packet_size`. */
const maxPacketBytes = 1_048_576;

/** The protocol's limit for a client id. [MQTT-1.5.3] */
const maxClientidBytes = 65_535;

export interface EmbeddedBrokerOptions {
  /** An Aedes persistence; keeps sessions, queues and retained messages. */
  persistence: AedesPersistence;
  sessionIdentifiers: SessionIdentifiers;
  /** Told what happens to clients, in the order in which it happens. */
  onEvent: (event: LifecycleEvent) => void;
}

/** The part of an Aedes persistence that is used here; Aedes declares none. */
export interface AedesPersistence {
  subscriptionsByClient(client: { id: string }): Promise<{ topic: string; qos: 0 | 1 | 2 }[]>;
  subscriptionsByTopic(topic: string): Promise<unknown[]>;
  cleanSubscriptions(client: { id: string }): Promise<void>;
  outgoingStream(client: { id: string }): AsyncIterable<AedesPublishPacket>;
  outgoingUpdate(client: { id: string }, packet: AedesPublishPacket): Promise<void>;
  outgoingClearMessageId(client: { id: string }, packet: AedesPublishPacket): Promise<unknown>;
}

/** An MQTT 3.1 and 3.1.1 broker in this process, with the events of AWS IoT Core. */
export class EmbeddedBroker implements Broker {
  readonly limits = { packetBytes: maxPacketBytes };
  readonly #options: EmbeddedBrokerOptions;
  readonly #connections = new Map<Client, Connection>();
  readonly #filters = new FilterIndex();
  #aedes: Aedes;
  #lastMark = 0;
  /** Aedes loses messages when its server side publishes concurrently, so one follows the other. */
  #publishing: Promise<unknown> = Promise.resolve();

  static async start(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker(options);
    await broker.#aedes.listen();
    return broker;
  }

  private constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    this.#aedes = new Aedes({
      // Queued messages are kept in the order of this id, so it grows from start to start.
      id: Date.now().toString().padStart(16, "0"),
      persistence: options.persistence,
      maxClientsIdLength: maxClientidBytes,
      queueLimit: 1_000,
      preConnect: (client, packet, done) => {
        this.#connections.set(client, newConnection(packet, client));
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        this.#admit(client).then(
          () => done(null, true),
          (cause) => done(refusal(cause), false),
        );
      },
    });
    this.#aedes.on("clientReady", (client) => this.#connected(client));
    this.#aedes.on("clientDisconnect", (client) => this.#disconnected(client));
    this.#aedes.on("subscribe", (subscriptions, client) => this.#subscribed(client, subscriptions));
    this.#aedes.on("unsubscribe", (topics, client) => {
      // Aedes reports the end of a connection as an unsubscribe too.
      if (!client.closed) this.#unsubscribed(client, topics);
    });
    this.#aedes.on("connectionError", (client) => this.#connections.delete(client));
  }

  /** Takes over a network connection. `request` is there for a WebSocket. */
  accept(stream: Duplex, request?: IncomingMessage): void {
    this.#aedes.handle(stream, request);
  }

  async publish(message: Message): Promise<PublishResult> {
    const turn = this.#publishing.then(() => this.#publishNow(message));
    this.#publishing = turn.catch(() => {});
    return turn;
  }

  async kick(clientid: string): Promise<boolean> {
    const client = [...this.#connections.keys()].find(({ id }) => id === clientid);
    if (client) await new Promise<void>((resolve) => client.close(resolve));
    return (await this.discardSession(clientid)) || client !== undefined;
  }

  /** Forgets subscriptions and queued messages of a client that is not connected. Returns whether there were any. */
  async discardSession(id: string): Promise<boolean> {
    const { persistence, sessionIdentifiers } = this.#options;
    const known = await sessionIdentifiers.remove(id);
    await persistence.cleanSubscriptions({ id });
    let messageId = 0;
    for await (const packet of persistence.outgoingStream({ id })) {
      // A message that was never sent has no id yet, and only one with an id can be removed.
      packet.messageId ||= ++messageId;
      await persistence.outgoingUpdate({ id }, packet);
      await persistence.outgoingClearMessageId({ id }, packet);
    }
    return known;
  }

  /** Disconnects everyone and stops. Sessions that are to be kept stay in the persistence. */
  async close(): Promise<void> {
    await this.#publishing;
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }

  async #publishNow({ topic, payload, qos, retain }: Message): Promise<PublishResult> {
    const matched =
      this.#filters.matches(topic) ||
      (await this.#options.persistence.subscriptionsByTopic(topic)).length > 0;
    await new Promise<void>((resolve, reject) => {
      this.#aedes.publish({ cmd: "publish", topic, payload, qos, retain, dup: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    return matched ? "delivered" : "unmatched";
  }

  /** Finds or begins the session of a client, before it is told that it is connected. */
  async #admit(client: Client): Promise<void> {
    const connection = this.#connectionOf(client);
    const { sessionIdentifiers, persistence } = this.#options;
    if (client.clean) {
      await sessionIdentifiers.remove(client.id);
      return;
    }
    connection.sessionIdentifier = await sessionIdentifiers.resume(client.id, connection.sessionIdentifier);
    for (const { topic } of await persistence.subscriptionsByClient(client))
      this.#remember(connection, topic);
  }

  #connected(client: Client): void {
    const connection = this.#connectionOf(client);
    const mark = this.#nextMark();
    connection.version = mark;
    this.#options.onEvent({
      eventType: "connected",
      ...this.#common(client, connection, mark),
      versionNumber: mark,
      ...(connection.ip_address !== undefined && { ipAddress: connection.ip_address }),
      session: connection.facts,
    });
  }

  #disconnected(client: Client): void {
    const connection = this.#connectionOf(client);
    this.#connections.delete(client);
    for (const filter of connection.filters) this.#filters.remove(filter);
    if (connection.version === undefined) return;
    this.#options.onEvent({
      eventType: "disconnected",
      ...this.#common(client, connection),
      versionNumber: connection.version,
    });
  }

  #subscribed(client: Client, subscriptions: readonly Subscription[]): void {
    const granted = subscriptions.flatMap(({ topic, qos }) => (isQos(qos) ? [{ topic, qos }] : []));
    if (granted.length === 0) return;
    const connection = this.#connectionOf(client);
    for (const { topic } of granted) this.#remember(connection, topic);
    this.#options.onEvent({
      eventType: "subscribed",
      ...this.#common(client, connection),
      topics: granted.map(({ topic }) => topic),
      qos: granted.map(({ qos }) => qos),
    });
  }

  #unsubscribed(client: Client, topics: readonly string[]): void {
    const connection = this.#connectionOf(client);
    for (const topic of topics) {
      if (connection.filters.delete(topic)) this.#filters.remove(topic);
    }
    this.#options.onEvent({
      eventType: "unsubscribed",
      ...this.#common(client, connection),
      topics: [...topics],
    });
  }

  #remember(connection: Connection, filter: string): void {
    if (connection.filters.has(filter)) return;
    connection.filters.add(filter);
    this.#filters.add(filter);
  }

  #common({ id }: Client, { sessionIdentifier }: Connection, timestamp = this.#nextMark()) {
    return { clientId: id, timestamp, sessionIdentifier };
  }

  #connectionOf(client: Client): Connection {
    const connection = this.#connections.get(client);
    if (!connection) throw new Error("The broker reports a client that it never announced");
    return connection;
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
