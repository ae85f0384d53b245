import type { Aedes, AedesPublishPacket, Client, PublishPacket } from "aedes";
import { AedesLine } from "./line.ts";

/**
 * Acknowledges messages with QoS 1 when they are kept for everyone who is to have them, and in the order in which they
 * came. Aedes would do it before, and lose them if the process ends then. [MQTT-4.3.2-4, MQTT-4.6.0-2]
 */
export class Acknowledgements {
  readonly #held = new WeakMap<object, number>();
  readonly #last = new WeakMap<Client, Promise<void>>();
  readonly #anySubscribes: (topic: string) => boolean;

  /** `anySubscribes` tells whether anybody subscribes to a topic. */
  constructor(anySubscribes: (topic: string) => boolean) {
    this.#anySubscribes = anySubscribes;
  }

  /** A message is about to be published: Aedes takes it for one with QoS 0, and does not acknowledge it. */
  hold(client: Client | null, packet: PublishPacket & { messageId?: number }): void {
    // A will has no Packet Identifier.
    if (!client || packet.qos !== 1 || packet.messageId === undefined) return;
    this.#held.set(packet, packet.messageId);
    packet.qos = 0;
  }

  /** Has the messages that are held acknowledged from now on. */
  follow(aedes: Aedes): void {
    const publishing = aedes as unknown as Publishing;
    const { publish } = publishing;
    publishing.publish = (packet, client, done) => {
      const messageId = this.#held.get(packet);
      if (messageId === undefined || typeof client === "function" || !client) {
        return publish.call(aedes, packet, client, done);
      }
      packet.qos = 1;
      // [MQTT-3.4.2.1] which older versions do not know
      const isLost = client.version === 5 && !this.#anySubscribes(packet.topic);
      const puback = {
        cmd: "puback",
        messageId,
        ...(isLost && { reasonCode: noMatchingSubscribers }),
      } as const;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      publish.call(aedes, packet, client, (error) => (error ? reject(error) : resolve()));
      this.#inOrder(client, promise)
        .then(() => new AedesLine(client, aedes).write(puback))
        .then(() => done?.(), done);
    };
  }

  /** Resolves when a message is kept, and those of its client that came before are acknowledged. */
  #inOrder(client: Client, kept: Promise<void>): Promise<void> {
    const before = this.#last.get(client);
    const turn = before ? before.then(() => kept) : kept;
    this.#last.set(
      client,
      turn.catch(() => {}),
    );
    return turn;
  }
}

/** Reason code of a PUBACK. */
const noMatchingSubscribers = 0x10;

type Done = (error?: unknown) => void;

interface Publishing {
  publish(packet: AedesPublishPacket, client?: Client | Done | null, done?: Done): void;
}
