import type { AedesPublishPacket, Client } from "aedes";
import { identityOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Extensions } from "./extensions.ts";
import { factsOf } from "./message-facts.ts";
import { toMessage } from "./packets.ts";

/** Tells the extensions what is delivered, and which deliveries are over. */
export class FollowedDeliveries {
  readonly #connections: Connections;
  readonly #extensions: Extensions;
  /** When a message was written that is not acknowledged, in epoch milliseconds, by its id. */
  readonly #written = new WeakMap<Client, Map<number, number>>();

  constructor(connections: Connections, extensions: Extensions) {
    this.#connections = connections;
    this.#extensions = extensions;
  }

  /** A message is about to be written to a client. Returns it. */
  forward(client: Client, packet: AedesPublishPacket): AedesPublishPacket {
    this.#forwarded(client, packet);
    return packet;
  }

  #forwarded(client: Client, packet: AedesPublishPacket): void {
    const connection = this.#connections.find(client);
    const facts = factsOf(packet);
    if (!connection || !facts) return;
    if (this.#extensions.followDeliveries) {
      this.#extensions.deliver(toMessage(packet, facts), identityOf(client, connection));
    }
    if (!this.#extensions.followCompletions) return;
    const now = Date.now();
    if (packet.qos === 0) this.#complete(client, packet, now);
    else this.#writtenTo(client).set(packet.messageId ?? 0, now);
  }

  /** A client has acknowledged a message. One that was sent again was written when the client connected. */
  acknowledged(client: Client, packet: AedesPublishPacket | undefined): void {
    if (!packet) return;
    const written = this.#writtenTo(client);
    const delivered_at = written.get(packet.messageId ?? 0) ?? this.#connections.find(client)?.version;
    written.delete(packet.messageId ?? 0);
    if (this.#extensions.followCompletions && delivered_at !== undefined) {
      this.#complete(client, packet, delivered_at);
    }
  }

  /** [emqx_slow_subs] what is older than the session, a retained message, was not slow. */
  #complete(client: Client, packet: AedesPublishPacket, delivered_at: number): void {
    const connection = this.#connections.find(client);
    const facts = factsOf(packet);
    if (!connection || !facts || facts.publish_at < connection.sessionBegan) return;
    this.#extensions.complete({ topic: packet.topic, facts, delivered_at }, identityOf(client, connection));
  }

  #writtenTo(client: Client): Map<number, number> {
    const known = this.#written.get(client) ?? new Map<number, number>();
    this.#written.set(client, known);
    return known;
  }
}
