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
    // Written out, and not made of names: a page of clients asks for a hundred of these.
    const [recv, send] = [this.#received, this.#sent];
    return {
      recv_oct: recv.oct,
      recv_cnt: recv.cnt,
      recv_pkt: recv.pkt,
      recv_msg: recv.msg,
      "recv_msg.qos0": recv.qos[0],
      "recv_msg.qos1": recv.qos[1],
      "recv_msg.qos2": recv.qos[2],
      send_oct: send.oct,
      send_cnt: send.cnt,
      send_pkt: send.pkt,
      send_msg: send.msg,
      "send_msg.qos0": send.qos[0],
      "send_msg.qos1": send.qos[1],
      "send_msg.qos2": send.qos[2],
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

/** What passed in one direction. */
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

  packet(): void {
    this.pkt += 1;
  }

  message(qos: 0 | 1 | 2): void {
    this.msg += 1;
    this.qos[qos] += 1;
  }
}
