import type { Client } from "aedes";
import type { Packet } from "mqtt-packet";
import type { ClientStatistics } from "../../records/client-statistics.ts";
import { AedesClient } from "./aedes-client.ts";
import { PacketHeaders } from "./packet-headers.ts";
import { meterStream } from "./stream-meter.ts";

/** EMQX's default; a client of MQTT 5 may ask for less. [MQTT-3.1.2-11.3] */
const maxInflight = 32;

/** Type of a packet, in the high half of its first byte. [MQTT-2.1.2] */
const publishType = 3;

/** Reason codes from here on tell of a failure. [MQTT-2.4] */
const firstFailure = 0x80;

/** What passes through one network connection. */
export class Traffic {
  readonly #client: Client;
  readonly #received = new Direction();
  readonly #sent = new Direction();
  /** Messages of QoS 2 whose PUBREL is missing, by their packet identifier. */
  readonly #unreleased = new Set<number>();
  #unacknowledged = 0;

  /** Follows a connection that was just taken over, and of which nothing was read yet. */
  constructor(client: Client) {
    this.#client = client;
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
  statistics(): ClientStatistics {
    const [received, sent] = [this.#received, this.#sent];
    return {
      recv_oct: received.oct,
      recv_cnt: received.cnt,
      recv_pkt: received.pkt,
      recv_msg: received.msg,
      "recv_msg.qos0": received.qos[0],
      "recv_msg.qos1": received.qos[1],
      "recv_msg.qos2": received.qos[2],
      send_oct: sent.oct,
      send_cnt: sent.cnt,
      send_pkt: sent.pkt,
      send_msg: sent.msg,
      "send_msg.qos0": sent.qos[0],
      "send_msg.qos1": sent.qos[1],
      "send_msg.qos2": sent.qos[2],
      inflight_cnt: this.#unacknowledged,
      inflight_max: Math.min(this.#client.receiveMaximum ?? maxInflight, maxInflight),
      awaiting_rel_cnt: this.#unreleased.size,
    };
  }

  #receivedPacket(packet: Packet): void {
    this.#received.pkt += 1;
    switch (packet.cmd) {
      case "publish":
        this.#received.message(packet.qos);
        if (packet.qos === 2) this.#unreleased.add(packet.messageId ?? 0);
        break;
      case "pubrel":
        this.#unreleased.delete(packet.messageId ?? 0);
        break;
      case "pubrec":
        // [MQTT-4.3.3-4] after a PUBREC that tells of a failure no PUBREL is sent, and no PUBCOMP comes.
        if ((packet.reasonCode ?? 0) >= firstFailure) this.#acknowledged();
        break;
      case "puback":
      case "pubcomp":
        this.#acknowledged();
        break;
    }
  }

  #acknowledged(): void {
    if (this.#unacknowledged > 0) this.#unacknowledged -= 1;
  }

  #sentPacket(firstByte: number): void {
    this.#sent.pkt += 1;
    if (firstByte >> 4 !== publishType) return;
    const qos = ((firstByte >> 1) & 3) as 0 | 1 | 2;
    this.#sent.message(qos);
    if (qos > 0) this.#unacknowledged += 1;
  }
}

class Direction {
  oct = 0;
  cnt = 0;
  pkt = 0;
  msg = 0;
  readonly qos = { 0: 0, 1: 0, 2: 0 };

  pass(bytes: number): void {
    this.oct += bytes;
    this.cnt += 1;
  }

  message(qos: 0 | 1 | 2): void {
    this.msg += 1;
    this.qos[qos] += 1;
  }
}
