import type { EventEmitter } from "node:events";
import type { AedesPublishPacket, Client } from "aedes";
import type { Packet } from "mqtt-packet";

type Done = (error?: unknown) => void;
type Deliver = (packet: AedesPublishPacket, done: Done) => void;

/** Fields of Aedes's client that its types leave out, or describe as something else. */
interface Internals {
  _parser: EventEmitter;
  deliver0: Deliver;
  deliverQoS: Deliver;
  subscribe(given: Named | Named[], done: Done): void;
  unsubscribe(filters: string[], done: Done): void;
}

interface Named {
  topic: string;
}

/** Lets somebody else write a client's messages in place of Aedes. */
export function replaceDelivery(client: Client, deliver: Deliver): void {
  const internals = client as unknown as Internals;
  for (const name of ["deliver0", "deliverQoS"] as const) internals[name] = deliver;
}

/** Keeps packets of a client away from Aedes. */
export function filterPackets(client: Client, lets: (packet: Packet) => boolean): void {
  beforePackets(client, (packet, handle) => {
    if (lets(packet)) handle();
  });
}

/** Changes the names that filters have inside Aedes, whoever subscribes the client. */
export function renameFilters(client: Client, rename: (filter: string) => string): void {
  beforePackets(client, (packet, handle) => {
    if (packet.cmd === "subscribe") {
      for (const subscription of packet.subscriptions) subscription.topic = rename(subscription.topic);
    }
    if (packet.cmd === "unsubscribe") packet.unsubscriptions = packet.unsubscriptions.map(rename);
    handle();
  });
  const internals = client as unknown as Internals;
  const { subscribe, unsubscribe } = internals;
  internals.subscribe = (given, done) => {
    const renamed = [given].flat().map((one) => ({ ...one, topic: rename(one.topic) }));
    subscribe.call(client, renamed, done);
  };
  internals.unsubscribe = (filters, done) => unsubscribe.call(client, filters.map(rename), done);
}

function beforePackets(client: Client, look: (packet: Packet, handle: () => void) => void): void {
  const { _parser: parser } = client as unknown as Internals;
  const handlers = parser.listeners("packet");
  parser.removeAllListeners("packet");
  parser.on("packet", (packet: Packet) => {
    look(packet, () => {
      for (const handle of handlers) handle.call(parser, packet);
    });
  });
}
