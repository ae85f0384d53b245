import type { AedesPublishPacket, Client } from "aedes";
import { matchesFilter } from "../../mqtt/topic.ts";
import { AedesClient } from "./aedes-client.ts";
import { type Connection, identityOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Delivery } from "./extension.ts";
import type { Extensions } from "./extensions.ts";
import { factsOf } from "./message-facts.ts";
import { toMessage } from "./packets.ts";

/** Messages on their way out, from the moment at which Aedes writes them until their receivers acknowledge them. */
export class Deliveries {
  readonly #connections: Connections;
  readonly #extensions: Extensions;
  /** What is not acknowledged, by message id. */
  readonly #inFlight = new WeakMap<Client, Map<number, Delivery>>();

  constructor(connections: Connections, extensions: Extensions) {
    this.#connections = connections;
    this.#extensions = extensions;
  }

  /** Follows what a new client is sent. */
  follow(client: Client): void {
    const aedesClient = new AedesClient(client);
    aedesClient.showQos0();
    aedesClient.onAcknowledged((messageId, accepted) => this.#acknowledged(client, messageId, accepted));
  }

  /** A message is about to be written to a client. Returns it as it is written. */
  forward(client: Client, packet: AedesPublishPacket): AedesPublishPacket {
    const connection = this.#connections.find(client);
    if (!connection) return packet;
    packet.qos = grantedQos(packet, connection);
    const facts = factsOf(packet);
    if (!facts || isDiscarded(packet, connection)) return packet;
    if (this.#extensions.followDeliveries) {
      this.#extensions.deliver(toMessage(packet, facts), identityOf(client, connection));
    }
    // [emqx_slow_subs] messages that are older than the session, retained ones, are not measured
    if (this.#extensions.followCompletions && facts.publish_at >= connection.sessionBegan) {
      this.#measure(client, packet, { topic: packet.topic, facts, delivered_at: Date.now() });
    }
    return packet;
  }

  #measure(client: Client, packet: AedesPublishPacket, delivery: Delivery): void {
    if (packet.qos === 0) {
      this.#complete(client, delivery);
      return;
    }
    packet.messageId ??= new AedesClient(client).takeMessageId();
    const inFlight = this.#inFlight.get(client) ?? new Map<number, Delivery>();
    this.#inFlight.set(client, inFlight.set(packet.messageId, delivery));
  }

  #acknowledged(client: Client, messageId: number, accepted: boolean): void {
    const inFlight = this.#inFlight.get(client);
    const delivery = inFlight?.get(messageId);
    inFlight?.delete(messageId);
    if (delivery && accepted) this.#complete(client, delivery);
  }

  #complete(client: Client, delivery: Delivery): void {
    const connection = this.#connections.find(client);
    if (connection) this.#extensions.complete(delivery, identityOf(client, connection));
  }
}

/**
 * Aedes lowers the quality of service to the subscription's only if that has no wildcard. [MQTT-3.3.5-1] of
 * overlapping subscriptions the highest counts.
 */
function grantedQos({ topic, qos }: AedesPublishPacket, { filters }: Connection): 0 | 1 | 2 {
  if (qos === 0) return 0;
  const exact = filters.get(topic);
  if (exact) return qos < exact.qos ? qos : exact.qos;
  const granted = [...filters]
    .filter(([filter]) => matchesFilter(topic, filter))
    .map(([, options]) => options.qos);
  if (granted.length === 0) return qos;
  return Math.min(qos, Math.max(...granted)) as 0 | 1 | 2;
}

/** Aedes asks also for queued messages that it then throws away: they have an id, others do not have one yet. */
function isDiscarded(
  packet: AedesPublishPacket & { messageExpiry?: number },
  { facts }: Connection,
): boolean {
  const queued = packet.messageId !== undefined;
  return (
    queued && (facts.clean_start === true || (packet.messageExpiry ?? Number.POSITIVE_INFINITY) <= Date.now())
  );
}
