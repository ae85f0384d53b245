import { Readable } from "node:stream";
import type { Aedes, AedesPublishPacket, Client } from "aedes";
import type { Packet } from "mqtt-packet";
import { isTopicFilter } from "../../mqtt/filter-syntax.ts";
import { newMessageId } from "../../mqtt/message-id.ts";
import { isShared, sharedFilter } from "../../mqtt/shared-filter.ts";
import { AedesClient } from "./aedes-client.ts";
import { innerName, ownName } from "./inner-names.ts";
import { type AedesPersistence, type StoredSubscription, subscriptionOptions } from "./kept-state.ts";
import { type LetterContent, packetOf } from "./letter.ts";
import type { LetterStore } from "./letter-store.ts";
import { AedesLine, type Line } from "./line.ts";
import { factsOf } from "./message-facts.ts";
import { heldBackTopic } from "./packets.ts";
import { filterOf } from "./retained-filter.ts";
import { SessionQueues } from "./session-queues.ts";

/** Reason codes of MQTT 5. */
const protocolError = 0x82;
const topicFilterInvalid = 0x8f;
const firstFailure = 0x80;

type Done = (error?: unknown) => void;

/** What Aedes gives to its own router: a packet of the broker itself, or one that somebody published. */
type RoutedPacket = AedesPublishPacket & { clientId?: string; messageExpiry?: number };

/**
 * Delivery of messages in place of Aedes's own, which has no in-flight window, loses messages of different QoS that
 * come at the same time, keeps none with QoS 0, and knows no shared subscriptions. Aedes goes on to speak MQTT, and to
 * route its own messages below `$SYS/`.
 */
export class Delivery {
  readonly queues: SessionQueues;
  readonly #store: LetterStore;
  readonly #lines = new WeakMap<Client, Line>();

  constructor(store: LetterStore) {
    this.#store = store;
    this.queues = new SessionQueues(store);
  }

  /** A persistence that leaves to the queues what goes to clients. */
  over(inner: AedesPersistence): AedesPersistence {
    const { queues } = this;
    return Object.assign(Object.create(inner) as AedesPersistence, {
      subscriptionsByTopic: async () => [],
      outgoingEnqueue: async () => {},
      outgoingEnqueueCombi: async () => {},
      outgoingStream: () => Readable.from([]),
      outgoingUpdate: async ({ id }: { id: string }, { cmd, messageId }: Packet) => {
        if (cmd === "pubrel") await queues.release(id, messageId ?? 0);
      },
      outgoingClearMessageId: async ({ id }: { id: string }, { messageId }: Packet) => {
        const letter = queues.acknowledge(id, messageId ?? 0);
        return letter && packetOf(letter);
      },
      addSubscriptions: async (client: { id: string }, given: StoredSubscription[]) => {
        const inside = given.map((one) => ({ ...one, topic: innerName(one.topic) }));
        await inner.addSubscriptions(client, inside);
        // Aedes stores what it is going to refuse, too, and tells later what a client of its was granted.
        if (!queues.isConnected(client.id)) for (const one of given) this.#subscribe(client.id, one);
      },
      removeSubscriptions: async (client: { id: string }, names: string[]) => {
        await inner.removeSubscriptions(client, names.map(innerName));
        for (const name of names) queues.router.unsubscribe(client.id, ownName(name));
      },
      cleanSubscriptions: async (client: { id: string }) => {
        if (!queues.isConnected(client.id)) queues.forget(client.id);
        await inner.cleanSubscriptions(client);
      },
    });
  }

  /** Takes up the sessions of an earlier run. */
  async restore(clientids: readonly string[], persistence: AedesPersistence): Promise<void> {
    await this.queues.restore(clientids);
    for (const id of clientids) {
      for (const stored of await persistence.subscriptionsByClient({ id })) this.#subscribe(id, stored);
    }
  }

  /** Delivers what Aedes routes from now on. To be called before others listen to its events. */
  follow(aedes: Aedes): void {
    const { queues } = this;
    const { mq } = aedes as unknown as { mq: { emit(packet: RoutedPacket, done: Done): void } };
    const emit = mq.emit.bind(mq);
    mq.emit = (packet, done) => {
      if (packet.topic === heldBackTopic) return done();
      const content = contentOf(packet);
      if (!content) return emit(packet, done);
      const wait = queues.route(content, packet.clientId);
      // Callers of the API do not wait for who is slow to read what may be lost.
      whenDone(content.qos === 0 && packet.clientId === undefined ? undefined : wait, done);
    };
    const { authorizeSubscribe } = aedes;
    aedes.authorizeSubscribe = (client, subscription, done) => {
      const { topic } = subscription;
      authorizeSubscribe.call(aedes, client, { ...subscription, topic: ownName(topic) }, (error, granted) =>
        done(error, granted && { ...granted, topic }),
      );
    };
    aedes.on("client", (client) => {
      const { id, clean, _cleanStart } = client as Client & { _cleanStart: boolean };
      // [MQTT-3.1.2-4]
      if (_cleanStart) queues.forget(id);
      queues.open(id, !clean);
    });
    aedes.on("clientReady", (client) => {
      if (client.closed) return;
      const line = new AedesLine(client, aedes);
      this.#lines.set(client, line);
      queues.attach(client.id, line);
    });
    aedes.on("clientDisconnect", (client) => {
      const line = this.#lines.get(client);
      if (client.clean) queues.forget(client.id);
      else if (line) queues.detach(client.id, line);
    });
    aedes.on("subscribe", (granted, { id }) => {
      for (const subscription of granted) {
        subscription.topic = ownName(subscription.topic);
        this.#subscribe(id, subscription as StoredSubscription);
      }
    });
    aedes.on("unsubscribe", (names, client) => {
      for (const [place, name] of names.entries()) names[place] = ownName(name);
      if (client.closed) return;
      for (const name of names) queues.router.unsubscribe(client.id, name);
    });
  }

  /** Delivers to a new connection what Aedes gives to it alone, and watches what it sends. */
  takeOver(client: Client): void {
    const seams = new AedesClient(client);
    seams.replaceDelivery((packet, done) => {
      const isRetained = packet.brokerId === null;
      const content = contentOf(packet, isRetained);
      // What Aedes tells itself is nobody else's business, though clients may subscribe to `$SYS/#`.
      if (!content) return done();
      const filter = ownName(filterOf(packet) ?? "");
      whenDone(
        isRetained ? this.#deliverRetained(client, filter, content) : this.#deliver(client, content),
        done,
      );
    });
    seams.renameFilters(innerName);
    seams.filterPackets((packet) => this.#lets(client, packet));
  }

  /** Resolves when everything that is to be kept is written. */
  async idle(): Promise<void> {
    await this.#store.idle();
  }

  #subscribe(id: string, { topic, ...stored }: StoredSubscription): void {
    if (stored.qos >= firstFailure) return;
    const identifier = stored.subscriptionIdentifier;
    this.queues.router.subscribe(id, ownName(topic), {
      ...subscriptionOptions(stored),
      ...(identifier !== undefined && { identifier }),
    });
  }

  #deliver({ id, closed }: Client, content: LetterContent): Promise<unknown> | undefined {
    return closed ? undefined : this.queues.deliver(id, content);
  }

  /**
   * Of overlapping subscriptions, the new one decides the QoS, and No Local leaves out the client's own. A shared one
   * brings no retained messages. [MQTT-4.8.2]
   */
  #deliverRetained(client: Client, filter: string, content: LetterContent): Promise<unknown> | undefined {
    const subscription = this.queues.router.own(client.id, filter);
    if (!subscription || (subscription.nl === 1 && content.facts.from_clientid === client.id))
      return undefined;
    return this.#deliver(client, { ...content, qos: Math.min(content.qos, subscription.qos) as 0 | 1 | 2 });
  }

  /** Whether Aedes is to handle a packet of a client. */
  #lets(client: Client, packet: Packet): boolean {
    // Aedes does not tell of every message that is refused.
    if (packet.cmd === "pubrec" && (packet.reasonCode ?? 0) >= firstFailure) {
      this.queues.acknowledge(client.id, packet.messageId ?? 0);
    }
    if (packet.cmd !== "subscribe") return true;
    const wrong = packet.subscriptions.map(whatIsWrong).find((code) => code !== undefined);
    if (wrong !== undefined) client.disconnect({ reasonCode: wrong });
    return wrong === undefined;
  }
}

/** The reason for which a client may not subscribe so. */
function whatIsWrong({ topic, nl }: { topic: string; nl?: boolean }): number | undefined {
  const shared = sharedFilter(topic);
  if (isShared(topic) && !shared) return topicFilterInvalid;
  // [MQTT-3.8.3-4]
  if (shared && nl) return protocolError;
  // Aedes lets wildcards pass that are a part of a level.
  return isTopicFilter(shared?.filter ?? topic) ? undefined : topicFilterInvalid;
}

/** What is delivered of a packet; `undefined` for the messages of Aedes itself. */
function contentOf(packet: RoutedPacket, always = false): LetterContent | undefined {
  const { topic, payload, qos, retain, properties, messageExpiry } = packet;
  const facts = factsOf(packet);
  if (!facts && !always) return undefined;
  const interval = properties?.messageExpiryInterval;
  const expiresAt = messageExpiry ?? (interval ? Date.now() + interval * 1_000 : undefined);
  return {
    ...{ topic, qos, retain },
    payload: typeof payload === "string" ? Buffer.from(payload) : payload,
    properties: { ...properties },
    ...(expiresAt !== undefined && { expiresAt }),
    facts: facts ?? { msgid: newMessageId(), publish_at: Date.now(), from_clientid: "" },
  };
}

function whenDone(wait: Promise<unknown> | undefined, done: Done): void {
  if (wait) wait.then(() => done(), done);
  else done();
}
