import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Aedes, type AedesPublishPacket } from "aedes";
import type { LifecycleEvent } from "../../ingest/lifecycle-event.ts";
import { maxTextBytes } from "../../mqtt/topic.ts";
import type {
  Broker,
  BrokerSession,
  BrokerSubscription,
  Message,
  PublishResult,
  RetainedMessage,
  RetainedTopic,
} from "../broker.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { AedesClient } from "./aedes-client.ts";
import { takeAnyClientid, takeAnyFilter } from "./any-names.ts";
import { Arrivals } from "./arrivals.ts";
import { AutoSubscribe } from "./auto-subscribe.ts";
import { correctConnack } from "./connack.ts";
import { describeConnection, identityOf, sessionExpiryInterval } from "./connection.ts";
import { Connections } from "./connections.ts";
import { EmbeddedControl } from "./control.ts";
import { Delivery } from "./delivery.ts";
import { disconnectProperties } from "./disconnect-properties.ts";
import { Entrance } from "./entrance.ts";
import type { Extension } from "./extension.ts";
import { Extensions } from "./extensions.ts";
import { followClients } from "./follow-clients.ts";
import { FollowedDeliveries } from "./followed-deliveries.ts";
import { type AedesPersistence, KeptState } from "./kept-state.ts";
import type { LetterStore } from "./letter-store.ts";
import { messageRefusal } from "./limits.ts";
import { factsOf } from "./message-facts.ts";
import { toMessage, toPacket } from "./packets.ts";
import { handleInTurn } from "./packets-in-turn.ts";
import { banned, unreadable } from "./refusals.ts";
import { Reports } from "./reports.ts";
import type { RetainedStore } from "./retained-store.ts";
import { Retainer } from "./retainer.ts";
import type { SessionIdentifiers } from "./session-identifiers.ts";
import type { SessionQueues } from "./session-queues.ts";
import { SlowSubscriptions } from "./slow-subscriptions.ts";
import { EmbeddedStatistics } from "./statistics.ts";
import { parseStrictly } from "./strict-parser.ts";
import { MeasuredTopics } from "./topic-metrics.ts";
import { TopicRewrite } from "./topic-rewrite.ts";
import { Wills } from "./wills.ts";

/** EMQX's default, in bytes. */
const maximumPacketSize = 1_048_576;

/** Reason codes of a DISCONNECT. */
const disconnectWithWill = 0x04;
const firstFailure = 0x80;

export interface EmbeddedBrokerOptions {
  /** An Aedes persistence; keeps sessions. */
  persistence: AedesPersistence;
  /** Keeps what waits for sessions. */
  letters: LetterStore;
  retained: RetainedStore;
  sessionIdentifiers: SessionIdentifiers;
  /** Told what happens to clients, in the order in which it happens. */
  onEvent: (event: LifecycleEvent) => void;
  /** What it does besides MQTT. */
  extensions?: readonly Extension[];
}

/** An MQTT 3.1, 3.1.1 and 5 broker in this process, with the events of AWS IoT Core. */
export class EmbeddedBroker implements Broker {
  readonly control: EmbeddedControl;
  readonly statistics: EmbeddedStatistics;
  readonly retainer: Retainer;
  readonly #connections = new Connections();
  readonly topicRewrite = new TopicRewrite();
  readonly autoSubscribe = new AutoSubscribe(this.#connections);
  readonly topicMetrics = new MeasuredTopics();
  readonly slowSubscriptions = new SlowSubscriptions();
  readonly #kept: KeptState;
  readonly #reports: Reports;
  readonly #extensions: Extensions;
  readonly #arrivals: Arrivals;
  readonly #entrance: Entrance;
  readonly #wills: Wills;
  readonly #aedes: Aedes;
  readonly #delivery: Delivery;
  /** One message of the API follows the other. */
  #publishing: Promise<unknown> = Promise.resolve();

  static async start(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker(options);
    await broker.#aedes.listen();
    const { sessionIdentifiers, persistence } = options;
    await broker.#delivery.restore(await sessionIdentifiers.clients(), persistence);
    await broker.#wills.restore(persistence.streamWill(), (id) => sessionIdentifiers.has(id));
    return broker;
  }

  private constructor(options: EmbeddedBrokerOptions) {
    const { persistence, letters, retained, sessionIdentifiers, onEvent, extensions = [] } = options;
    this.#delivery = new Delivery(letters);
    this.retainer = new Retainer(retained);
    this.#reports = new Reports(this.#connections, onEvent);
    const others = [this.retainer, this.autoSubscribe, this.topicMetrics, this.slowSubscriptions];
    this.#extensions = new Extensions([this.topicRewrite, ...extensions, ...others]);
    this.#wills = new Wills(this.#connections, this.#extensions);
    const inner = this.#wills.over(this.retainer.in(persistence));
    this.#kept = new KeptState(this.#delivery.over(inner), sessionIdentifiers);
    this.#arrivals = new Arrivals(this.#extensions, this.#connections, this.#kept);
    const parts = { connections: this.#connections, reports: this.#reports, extensions: this.#extensions };
    this.#entrance = new Entrance({ ...parts, kept: this.#kept, wills: this.#wills });
    this.control = new EmbeddedControl({
      ...{ connections: this.#connections, kept: this.#kept, reports: this.#reports },
    });
    const followed = new FollowedDeliveries(this.#connections, this.#extensions);
    const acknowledgements = new Acknowledgements((topic) => this.queues.router.anySubscribes(topic));
    this.#aedes = new Aedes({
      persistence: this.#kept.persistence,
      maxClientsIdLength: maxTextBytes,
      queueLimit: 1_000,
      topicAliasMaximum: 65_535,
      maximumPacketSize,
      preConnect: (client, packet, done) => {
        correctConnack(client, this.#connections.open(client, packet));
        done(null, true);
      },
      authenticate: (client, _username, _password, done) => {
        this.#entrance.admit(client).then(
          (admitted) => (admitted ? done(null, true) : done(banned(), false)),
          (cause) => done(unreadable(cause), false),
        );
      },
      authorizePublish: (client, packet, done) => {
        const arrived = this.#arrivals.ofClient(client, packet);
        arrived.then(() => acknowledgements.hold(client, packet)).then(() => done(), done);
      },
      authorizeForward: (client, packet) => followed.forward(client, packet),
      published: (packet, _client, done) => {
        this.#routed(packet).then(() => done(), done);
      },
    });
    takeAnyClientid(this.#aedes);
    acknowledgements.follow(this.#aedes);
    this.statistics = new EmbeddedStatistics(this.#aedes, this.#connections, this.queues);
    this.#delivery.follow(this.#aedes);
    this.#wills.follow(this.#aedes);
    followClients(this.#aedes, { ...parts, entrance: this.#entrance, followed });
  }

  /** Takes over a network connection. `request` is there for a WebSocket. */
  accept(stream: Duplex, request?: IncomingMessage): void {
    const client = this.#aedes.handle(stream, request);
    handleInTurn(client);
    takeAnyFilter(client);
    parseStrictly(client);
    this.statistics.follow(client);
    this.#delivery.takeOver(client);
    const seams = new AedesClient(client);
    seams.rewriteFilters((filter) => {
      const connection = this.#connections.find(client);
      return connection ? this.#extensions.rewriteFilter(filter, identityOf(client, connection)) : filter;
    });
    seams.followPackets((packet) => {
      const connection = this.#connections.find(client);
      if (packet.cmd !== "disconnect") return;
      if (connection) connection.leftWith = disconnectProperties(packet);
      // Aedes knows only one code that leaves the will to be published. [MQTT-3.14.4-3]
      if (packet.reasonCode && packet.reasonCode >= firstFailure) packet.reasonCode = disconnectWithWill;
    });
  }

  /** What waits for sessions, and what is on its way to them. */
  get queues(): SessionQueues {
    return this.#delivery.queues;
  }

  refusal(message: Message): string | undefined {
    return messageRefusal(message);
  }

  async publish(message: Message): Promise<PublishResult> {
    const turn = this.#publishing.then(() => this.#publishNow(message));
    this.#publishing = turn.catch(() => {});
    return turn;
  }

  async kick(clientid: string, { preventWill = false } = {}): Promise<boolean> {
    return this.#entrance.kick(clientid, preventWill);
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
    return this.retainer.topics();
  }

  retained(topic: string): Promise<RetainedMessage | undefined> {
    return this.retainer.read(topic);
  }

  discardRetained(topic: string): Promise<void> {
    return this.retainer.discard(topic);
  }

  /** Forgets the session of a client, unless the client is connected. */
  discardSession(clientid: string): Promise<void> {
    return this.#entrance.discard(clientid);
  }

  /** Disconnects everyone and stops. Sessions that are to be kept stay in the persistence. */
  async close(): Promise<void> {
    this.retainer.close();
    this.topicMetrics.stop();
    await this.#publishing;
    await this.#wills.stop();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await Promise.all([this.#wills.idle(), this.#kept.idle(), this.#delivery.idle()]);
  }

  async #publishNow(given: Message): Promise<PublishResult> {
    const message = await this.#arrivals.ofApi(given);
    if (!message) return "unmatched";
    const matched = this.queues.router.anySubscribes(message.topic);
    await new Promise<void>((resolve, reject) => {
      this.#aedes.publish(toPacket(message), (error) => (error ? reject(error) : resolve()));
    });
    return matched ? "delivered" : "unmatched";
  }

  async #routed(packet: AedesPublishPacket): Promise<void> {
    const facts = factsOf(packet);
    if (!facts || !this.#extensions.followRoutes) return;
    await this.#extensions.route(toMessage(packet, facts), this.queues.router.anySubscribes(packet.topic));
  }
}
