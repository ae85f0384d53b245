import type { Aedes, AedesPublishPacket, Client } from "aedes";
import mqttPacket, { type Packet } from "mqtt-packet";

/** EMQX's default limit of messages that are sent and not acknowledged. */
export const maxInFlight = 32;

/** The connection that a session's letters are written to. */
export interface Line {
  /** How many messages may be on their way at a time. */
  readonly window: number;
  /** What to write of a packet; `undefined` if it is too large for the receiver. */
  prepare(packet: AedesPublishPacket): AedesPublishPacket | undefined;
  /** Returns what a sender has to wait for, if the connection is slower than it is. */
  write(packet: AedesPublishPacket): Promise<void> | undefined;
  /** Repeats the second half of QoS 2's handshake. */
  release(messageId: number): void;
}

/** The connection of a client of Aedes. */
export class AedesLine implements Line {
  readonly window: number;
  readonly #client: Client;
  readonly #aedes: Pick<Aedes, "authorizeForward">;

  constructor(client: Client, aedes: Pick<Aedes, "authorizeForward">) {
    this.#client = client;
    this.#aedes = aedes;
    // [MQTT-3.3.4-9]
    this.window = Math.min(client.receiveMaximum ?? maxInFlight, maxInFlight);
  }

  prepare(packet: AedesPublishPacket): AedesPublishPacket | undefined {
    const limit = this.#client.maximumPacketSize;
    // [MQTT-3.1.2-24, MQTT-3.1.2-25] what is too large is as good as sent
    if (limit && mqttPacket.generate(packet, this.#options).length > limit) return undefined;
    return this.#aedes.authorizeForward(this.#client, packet) ?? undefined;
  }

  write(packet: Packet): Promise<void> | undefined {
    const client = this.#client as Client & { waitForDrain(done: () => void): void };
    if (client.closed || client.conn.destroyed) return undefined;
    if (mqttPacket.writeToStream(packet, client.conn, this.#options) || client.conn.destroyed)
      return undefined;
    return new Promise((resolve) => client.waitForDrain(resolve));
  }

  release(messageId: number): void {
    void this.write({ cmd: "pubrel", messageId });
  }

  get #options() {
    return { protocolVersion: this.#client.version };
  }
}
