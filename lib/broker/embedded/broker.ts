import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Aedes, type AedesPublishPacket, type Client, type PublishPacket } from "aedes";
import type { LifecycleEvent } from "../../ingest/lifecycle-event.ts";
import { newMessageId } from "../../mqtt/message-id.ts";
import type {
  Broker,
  BrokerSession,
  BrokerSubscription,
  Message,
  PublishResult,
  RetainedMessage,
  RetainedTopic,
} from "../broker.ts";
import { AedesClient } from "./aedes-client.ts";
import { AutoSubscribe } from "./auto-subscribe.ts";
import { describeConnection, identityOf, sessionExpiryInterval } from "./connection.ts";
import { Connections } from "./connections.ts";
import { Delivery } from "./delivery.ts";
import type { ClientIdentity, Extension } from "./extension.ts";
import { Extensions } from "./extensions.ts";
import { FollowedDeliveries } from "./followed-deliveries.ts";
import { type AedesPersistence, KeptState } from "./kept-state.ts";
import type { LetterStore } from "./letter-store.ts";
import { topicRefusal } from "./limits.ts";
import { factsOf, factsOfApi } from "./message-facts.ts";
import { applyMessage, toMessage, toPacket } from "./packets.ts";
import { banned, unreadable } from "./refusals.ts";
import { Reports } from "./reports.ts";
import type { SessionIdentifiers } from "./session-identifiers.ts";
import type { SessionQueues } from "./session-queues.ts";
import { SlowSubscriptions } from "./slow-subscriptions.ts";
import { MeasuredTopics } from "./topic-metrics.ts";
import { TopicRewrite } from "./topic-rewrite.ts";

/** The protocol's limit for a client id. [MQTT-1.5.3] */
const maxClientidBytes = 65_535;

export interface EmbeddedBrokerOptions {
  /** An Aedes persistence; keeps sessions and retained messages. */
  persistence: AedesPersistence;
  /** Keeps what waits for sessions. */
  letters: LetterStore;
  sessionIdentifiers: SessionIdentifiers;
  /** Told what happens to clients, in the order in which it happens. */
  onEvent: (event: LifecycleEvent) => void;
  /** What it does besides MQTT. */
  extensions?: readonly Extension[];
}

/** An MQTT 3.1, 3.1.1 and 5 broker in this process, with the events of AWS IoT Core. */
export class EmbeddedBroker implements Broker {
  readonly #connections = new Connections();
  readonly topicRewrite = new TopicRewrite();
  readonly autoSubscribe = new AutoSubscribe(this.#connections);
  readonly topicMetrics = new MeasuredTopics();
  readonly slowSubscriptions = new SlowSubscriptions();
  readonly #kept: KeptState;
  readonly #reports: Reports;
  readonly #extensions: Extensions;
  readonly #aedes: Aedes;
  readonly #delivery: Delivery;
  /** One message of the API follows the other. */
  #publishing: Promise<unknown> = Promise.resolve();

  static async start(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker(options);
    await broker.#aedes.listen();
    await broker.#delivery.restore(await options.sessionIdentifiers.clients(), options.persistence);
    return broker;
  }

  private constructor(options: EmbeddedBrokerOptions) {
    const { persistence, letters, sessionIdentifiers, onEvent, extensions = [] } = options;
    this.#delivery = new Delivery(letters);
    this.#kept = new KeptState(this.#delivery.over(persistence), sessionIdentifiers);
    this.#reports = new Reports(this.#connections, onEvent);
    const others = [this.autoSubscribe, this.topicMetrics, this.slowSubscriptions];
    this.#extensions = new Extensions([this.topicRewrite, ...extensions, ...others]);
    const followed = new FollowedDeliveries(this.#connections, this.#extensions);
    this.#aedes = new Aedes({
      persistence: this.#kept.persistence,
      maxClientsIdLength: maxClientidBytes,
      queueLimit: 1_000,
      preConnect: (client, packet, done) => {
        this.#connections.open(client, packet);
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        this.#admit(client).then(
          (admitted) => (admitted ? done(null, true) : done(banned(), false)),
          (cause) => done(unreadable(cause), false),
        );
      },
      authorizePublish: (client, packet, done) => {
        this.#arrive(client, packet).then(() => done(), done);
      },
      authorizeForward: (client, packet) => followed.forward(client, packet),
      published: (packet, _client, done) => {
        this.#routed(packet).then(() => done(), done);
      },
    });
    this.#delivery.follow(this.#aedes);
    // Earlier than `clientReady`, which comes after the client was told, and may have been kicked out again.
    this.#aedes.on("client", (client) => this.#reports.connected(client));
    this.#aedes.on("clientReady", (client) => {
      if (!client.closed) this.#extensions.connect(this.#identityOf(client));
    });
    this.#aedes.on("clientDisconnect", (client) => {
      const connection = this.#reports.disconnected(client);
      if (connection) this.#extensions.disconnect(identityOf(client, connection));
    });
    this.#aedes.on("ack", (packet, client) => followed.acknowledged(client, packet as AedesPublishPacket));
    this.#aedes.on("subscribe", (granted, client) => this.#reports.subscribed(client, granted));
    this.#aedes.on("unsubscribe", (topics, client) => {
      // Aedes reports the end of a connection as an unsubscribe too.
      if (!client.closed) this.#reports.unsubscribed(client, topics);
    });
    this.#aedes.on("connectionError", (client) => void this.#connections.close(client));
  }

  /** Takes over a network connection. `request` is there for a WebSocket. */
  accept(stream: Duplex, request?: IncomingMessage): void {
    const client = this.#aedes.handle(stream, request);
    this.#delivery.takeOver(client);
    new AedesClient(client).rewriteFilters((filter) => {
      const connection = this.#connections.find(client);
      return connection ? this.#extensions.rewriteFilter(filter, identityOf(client, connection)) : filter;
    });
  }

  /** What waits for sessions, and what is on its way to them. */
  get queues(): SessionQueues {
    return this.#delivery.queues;
  }

  refusal({ topic }: Message): string | undefined {
    return topicRefusal(topic);
  }

  async publish(message: Message): Promise<PublishResult> {
    const turn = this.#publishing.then(() => this.#publishNow(message));
    this.#publishing = turn.catch(() => {});
    return turn;
  }

  async kick(clientid: string, { preventWill = false } = {}): Promise<boolean> {
    const client = this.#connections.withId(clientid);
    if (client && preventWill) new AedesClient(client).forgetWill();
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
    return [...this.#connections.of(client).filters].map(([topic, options]) => ({ topic, ...options }));
  }

  retainedTopics(): AsyncIterable<RetainedTopic> {
    return this.#kept.retainedTopics();
  }

  retained(topic: string): Promise<RetainedMessage | undefined> {
    return this.#kept.retained(topic);
  }

  async sendTo(clientid: string, message: Message): Promise<boolean> {
    const client = this.#connections.withId(clientid);
    if (!client) return false;
    const packet = toPacket({ ...message, retain: false, facts: factsOfApi(message) });
    await new Promise<void>((resolve, reject) => {
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
    this.topicMetrics.stop();
    await this.#publishing;
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await this.#delivery.idle();
  }

  async #publishNow(given: Message): Promise<PublishResult> {
    const message = await this.#extensions.arrive({ ...given, facts: factsOfApi(given) }, undefined);
    if (!message) return "unmatched";
    const matched = this.queues.router.anySubscribes(message.topic);
    await new Promise<void>((resolve, reject) => {
      this.#aedes.publish(toPacket(message), (error) => (error ? reject(error) : resolve()));
    });
    return matched ? "delivered" : "unmatched";
  }

  /** A message of a client, its will included, on its way in. */
  async #arrive(client: Client | null, packet: PublishPacket): Promise<void> {
    if (packet.topic.startsWith("$SYS/"))
      throw new Error("Topics that begin with $SYS/ are the broker's own");
    const sender = client ? this.#identityOf(client) : undefined;
    const facts = {
      msgid: newMessageId(),
      publish_at: Date.now(),
      // A will that is published after a restart has lost its client.
      from_clientid: client?.id ?? "",
      from_username: sender?.username ?? null,
    };
    applyMessage(packet, await this.#extensions.arrive(toMessage(packet, facts), sender));
  }

  async #routed(packet: AedesPublishPacket): Promise<void> {
    const facts = factsOf(packet);
    if (!facts || !this.#extensions.followRoutes) return;
    await this.#extensions.route(toMessage(packet, facts), this.queues.router.anySubscribes(packet.topic));
  }

  /** Finds or begins the session of a client, before it is told that it is connected. */
  async #admit(client: Client): Promise<boolean> {
    const connection = this.#connections.of(client);
    if (!(await this.#extensions.admit(this.#identityOf(client)))) return false;
    const { sessions } = this.#kept;
    if (connection.facts.clean_start) await sessions.remove(client.id);
    const { clean: endsWithConnection } = client;
    if (endsWithConnection && !(await sessions.has(client.id))) return true;
    const fresh = connection.sessionIdentifier;
    connection.sessionIdentifier = await sessions.resume(client.id, fresh);
    if (connection.sessionIdentifier !== fresh) connection.sessionBegan = 0;
    for (const { topic, ...options } of await this.#kept.subscriptions(client.id)) {
      this.#connections.subscribe(connection, topic, options);
    }
    return true;
  }

  #identityOf(client: Client): ClientIdentity {
    return identityOf(client, this.#connections.of(client));
  }
}
