import type { EventEmitter } from "node:events";
import type { Client } from "aedes";
import type { Packet } from "mqtt-packet";

/** What is used of Aedes's client, beside its own interface. */
interface Internals {
  connackSent: boolean;
  closed: boolean;
  _parser: EventEmitter;
  /** How many packets are being handled; Aedes reads on when there is none. */
  _parsingBatch: number;
  /** Tells that a packet has been handled. */
  _nextBatch: (error?: unknown) => void;
}

/** These wait for nothing: others wait for the acknowledgements, and a ping is only to be answered in time. */
const passing: ReadonlySet<string | undefined> = new Set(["puback", "pubrec", "pubcomp", "pingreq"]);

/**
 * Has the packets of a client handled one after the other, the last of them before its connection is over. Aedes
 * handles those that arrive together at the same time, so that messages overtake each other, an unsubscription comes
 * after the subscription that followed it, and what came with the end of the connection is lost. To be called before
 * others follow the packets. [MQTT-4.6.0]
 */
export function handleInTurn(client: Client): void {
  const internals = client as unknown as Internals;
  const { _parser: parser, _nextBatch: readOn } = internals;
  const [handle] = parser.listeners("packet");
  const waiting: Packet[] = [];
  let isBusy = false;
  let hasEnded = false;
  // Aedes takes from here what it is to call when it has handled the packet that it is given; and to read on.
  let handled = readOn;
  Object.defineProperty(internals, "_nextBatch", { get: () => handled });

  const give = (packet: Packet, then: typeof readOn) => {
    const before = handled;
    handled = then;
    handle?.call(parser, packet);
    handled = before;
  };
  const begin = (packet: Packet) => {
    // It is counted again there.
    internals._parsingBatch -= 1;
    let isOver = false;
    give(packet, (error) => {
      readOn(error);
      if (isOver) return;
      isOver = true;
      isBusy = false;
      goOn();
    });
  };
  const goOn = () => {
    while (!isBusy && waiting.length > 0 && !internals.closed) {
      const packet = waiting.shift() as Packet;
      isBusy = true;
      // It ends the connection at once; the answers to what came before are still to leave.
      if (packet.cmd === "disconnect") setImmediate(begin, packet);
      else begin(packet);
    }
    if (hasEnded && !isBusy && waiting.length === 0) client.close();
  };

  client.conn.removeAllListeners("end");
  client.conn.once("end", () => {
    hasEnded = true;
    goOn();
  });
  parser.removeAllListeners("packet");
  parser.on("packet", (packet: Packet) => {
    if (passing.has(packet.cmd) && internals.connackSent) {
      give(packet, readOn);
      return;
    }
    internals._parsingBatch += 1;
    waiting.push(packet);
    goOn();
  });
}
