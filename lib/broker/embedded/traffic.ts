import type { Client } from "aedes";
import type { Packet } from "mqtt-packet";
import type { TrafficStatistics } from "../../records/client-statistics.ts";
import { AedesClient } from "./aedes-client.ts";
import { PacketHeaders } from "./packet-headers.ts";
import { meterStream } from "./stream-meter.ts";

/** Type of a packet, in the high half of its first byte. [MQTT-2.1.2] */
const publishType = 3;

/** What passes through one network connection. */
export class Traffic {
  readonly #received = new Direction();
  readonly #sent = new Direction();
  /** Messages of QoS 2 whose PUBREL is missing, by their packet identifier. */
  readonly #unreleased = new Set<number>();

  /** Follows a connection that was just taken over, and of which nothing was read yet. */
  constructor(client: Client) {
    const headers = new PacketHeaders((firstByte) => this.#sentPacket(firstByte));
    meterStream(client.conn, {
      read: (bytes) => this.#received.pass(bytes),
      written: (pieces) => {
        let bytes = 0;
        for (const { chunk, encoding } of pieces) bytes += headers.pass(chunk, encoding);
        this.#sent.pass(bytes);
      },
    });
    new AedesClient(client).followPackets((packet) => this.#receivedPacket(packet));
  }

  /** What was counted until now. */
  statistics(): TrafficStatistics {
    return {
      ...this.#received.named("recv"),
      ...this.#sent.named("send"),
      awaiting_rel_cnt: this.#unreleased.size,
    };
  }

  #receivedPacket(packet: Packet): void {
    this.#received.packet();
    if (packet.cmd === "pubrel") this.#unreleased.delete(packet.messageId ?? 0);
    if (packet.cmd !== "publish") return;
    this.#received.message(packet.qos);
    if (packet.qos === 2) this.#unreleased.add(packet.messageId ?? 0);
  }

  #sentPacket(firstByte: number): void {
    this.#sent.packet();
    if (firstByte >> 4 !== publishType) return;
    this.#sent.message(((firstByte >> 1) & 3) as 0 | 1 | 2);
  }
}

/** What passes in one direction. */
class Direction {
  #oct = 0;
  #cnt = 0;
  #pkt = 0;
  #msg = 0;
  readonly #qos = { 0: 0, 1: 0, 2: 0 };

  pass(bytes: number): void {
    this.#oct += bytes;
    this.#cnt += 1;
  }

  packet(): void {
    this.#pkt += 1;
  }

  message(qos: 0 | 1 | 2): void {
    this.#msg += 1;
    this.#qos[qos] += 1;
  }

  /** The figures by their names, which begin with the direction's. */
  named<Name extends "recv" | "send">(name: Name) {
    return {
      [`${name}_oct`]: this.#oct,
      [`${name}_cnt`]: this.#cnt,
      [`${name}_pkt`]: this.#pkt,
      [`${name}_msg`]: this.#msg,
      [`${name}_msg.qos0`]: this.#qos[0],
      [`${name}_msg.qos1`]: this.#qos[1],
      [`${name}_msg.qos2`]: this.#qos[2],
    } as Record<`${Name}_${"oct" | "cnt" | "pkt" | "msg" | `msg.qos${0 | 1 | 2}`}`, number>;
  }
}
