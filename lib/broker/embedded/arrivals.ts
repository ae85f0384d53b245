import type { Client, PublishPacket } from "aedes";
import { newMessageId } from "../../mqtt/message-id.ts";
import { isTopicName } from "../../mqtt/topic.ts";
import type { Message } from "../broker.ts";
import { identityOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { PassingMessage } from "./extension.ts";
import type { Extensions } from "./extensions.ts";
import type { KeptState, KeptWill } from "./kept-state.ts";
import { factsOfApi } from "./message-facts.ts";
import { applyMessage, toMessage } from "./packets.ts";

/** What happens to a message before it is retained and routed: it gets its facts, and goes past the extensions. */
export class Arrivals {
  readonly #extensions: Extensions;
  readonly #connections: Connections;
  readonly #kept: KeptState;

  constructor(extensions: Extensions, connections: Connections, kept: KeptState) {
    this.#extensions = extensions;
    this.#connections = connections;
    this.#kept = kept;
  }

  /** A message from outside of MQTT. Returns what goes on in its place; `undefined` if it is held back. */
  ofApi(message: Message): Promise<PassingMessage | undefined> {
    return this.#extensions.arrive({ ...message, facts: factsOfApi(message) }, undefined);
  }

  /** A message of a client, its will included; its packet is changed to what goes on in its place. */
  async ofClient(client: Client | null, packet: PublishPacket): Promise<void> {
    // [MQTT-4.3.3-10] a message that is sent again, because its PUBREC was lost, does not arrive again.
    if (client && packet.qos === 2 && packet.dup && (await this.#kept.hasReceived(client, packet))) return;
    // Wills too, of which nobody has looked at the topic.
    if (!isTopicName(packet.topic)) throw new Error("A message is published to a topic name");
    if (packet.topic.startsWith("$SYS/")) {
      throw new Error("Topics that begin with $SYS/ are the broker's own");
    }
    // [MQTT-3.3.2.3] how long a will waits is nothing that receivers are told.
    if (packet.properties) delete (packet.properties as { willDelayInterval?: number }).willDelayInterval;
    const sender = client ? identityOf(client, this.#connections.ofSender(client)) : undefined;
    const facts = {
      msgid: newMessageId(),
      publish_at: Date.now(),
      // Of a will of an earlier run, nothing more is known of its client.
      from_clientid: client?.id ?? (packet as Partial<KeptWill>).clientId ?? "",
      from_username: sender?.username ?? null,
    };
    applyMessage(packet, await this.#extensions.arrive(toMessage(packet, facts), sender));
  }
}
