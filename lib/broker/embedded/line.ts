import type { Aedes, AedesPublishPacket, Client } from "aedes";
import mqttPacket, { type Packet } from "mqtt-packet";

/** EMQX's default limit of messages that are sent and not acknowledged. */
export const maxInFlight = 32;

/** How often it is looked whether a connection takes something, in milliseconds. */
const interval = 100;

/** So many looks in vain, and no sender waits for it any more. */
const patience = 10;

/** What may stand before a connection that takes less than is sent, in bytes. */
const mostWaitingBytes = 64 * 1_048_576;

/** The connection that a session's letters are written to. */
export interface Line {
  /** How many messages may be on their way at a time. */
  readonly window: number;
  /** Whether it takes so little that nothing is to be written to it that may be lost. */
  readonly isStuck: boolean;
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
  /** What is waited for, while the connection takes nothing. */
  #drained: Promise<void> | undefined;
  #standsStill = false;

  constructor(client: Client, aedes: Pick<Aedes, "authorizeForward">) {
    this.#client = client;
    this.#aedes = aedes;
    // [MQTT-3.3.4-9]
    this.window = Math.min(client.receiveMaximum ?? maxInFlight, maxInFlight);
  }

  get isStuck(): boolean {
    return this.#standsStill || this.#client.conn.writableLength > mostWaitingBytes;
  }

  prepare(packet: AedesPublishPacket): AedesPublishPacket | undefined {
    const limit = this.#client.maximumPacketSize;
    // [MQTT-3.1.2-24, MQTT-3.1.2-25] what is too large is as good as sent
    if (limit && mqttPacket.generate(packet, this.#options).length > limit) return undefined;
    return this.#aedes.authorizeForward(this.#client, packet) ?? undefined;
  }

  write(packet: Packet): Promise<void> | undefined {
    const { closed, conn } = this.#client;
    if (closed || conn.destroyed) return undefined;
    mqttPacket.writeToStream(packet, conn, this.#options);
    if (!conn.writableNeedDrain || conn.destroyed) return undefined;
    this.#drained ??= this.#drains();
    return this.#standsStill ? undefined : this.#drained;
  }

  release(messageId: number): void {
    void this.write({ cmd: "pubrel", messageId });
  }

  /** Resolves when the connection has taken what was written, or has taken nothing for too long. Aedes tells of its end. */
  #drains(): Promise<void> {
    const { conn } = this.#client;
    let looksInVain = 0;
    let left = conn.writableLength;
    return new Promise((resolve) => {
      const look = () => {
        looksInVain = conn.writableLength < left ? 0 : looksInVain + 1;
        left = conn.writableLength;
        if (looksInVain < patience) return;
        clearInterval(timer);
        this.#standsStill = true;
        resolve();
      };
      // What was taken while this process was busy is known before an immediate.
      const timer = setInterval(() => setImmediate(look), interval).unref();
      conn.once("drain", () => {
        clearInterval(timer);
        this.#standsStill = false;
        this.#drained = undefined;
        resolve();
      });
    });
  }

  get #options() {
    return { protocolVersion: this.#client.version };
  }
}
