import type { EventEmitter } from "node:events";
import type { AedesPublishPacket, Client } from "aedes";
import type { ISubscribePacket, IUnsubscribePacket, Packet } from "mqtt-packet";
import type { FilterWithOptions } from "./kept-state.ts";

/** Fields of Aedes's client that its types leave out. */
interface Internals extends Pick<Client, "subscribe"> {
  will: object | undefined;
  _parser: EventEmitter;
  _nextId: number;
  deliver0: (packet: AedesPublishPacket, done: () => void) => void;
}

/** What is done to a client of Aedes beside its own interface. */
export class AedesClient {
  readonly #client: Internals;

  constructor(client: Client) {
    this.#client = client as unknown as Internals;
  }

  /** Its will is not published when its connection ends. */
  forgetWill(): void {
    this.#client.will = undefined;
  }

  /** Subscribes the client as if it had asked for it. Fails if the filter is not valid. */
  subscribe({ nl, rap, ...subscription }: FilterWithOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.subscribe({ ...subscription, nl: nl > 0, rap: rap > 0 }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  /** Makes a message that is sent at QoS 0 for the subscription's sake say so before it is sent. */
  showQos0(): void {
    const { deliver0 } = this.#client;
    this.#client.deliver0 = (packet, done) => deliver0(Object.assign(packet, { qos: 0 }), done);
  }

  /** The id for the next message to the client, counted up as Aedes does. */
  takeMessageId(): number {
    const id = this.#client._nextId;
    this.#client._nextId = id >= 65_535 ? 1 : id + 1;
    return id;
  }

  /** Reports, by its id, a message that the client is done with; `accepted` unless it refused it. */
  onAcknowledged(report: (messageId: number, accepted: boolean) => void): void {
    this.#client._parser.prependListener("packet", (packet: Packet & { reasonCode?: number }) => {
      const { cmd, messageId = 0, reasonCode = 0 } = packet;
      if (cmd === "puback" || cmd === "pubcomp") report(messageId, reasonCode < 0x80);
      // [MQTT-4.3.3-3] a PUBREC that refuses a message ends its exchange
      else if (cmd === "pubrec" && reasonCode >= 0x80) report(messageId, false);
    });
  }

  /** Changes the filters that it subscribes to and unsubscribes from, before Aedes sees them. */
  rewriteFilters(rewrite: (filter: string) => string): void {
    this.#client._parser.prependListener("packet", (packet: Packet) => {
      if (packet.cmd === "subscribe") rewriteSubscribe(packet, rewrite);
      else if (packet.cmd === "unsubscribe") rewriteUnsubscribe(packet, rewrite);
    });
  }
}

function rewriteSubscribe({ subscriptions }: ISubscribePacket, rewrite: (filter: string) => string): void {
  for (const subscription of subscriptions) subscription.topic = rewrite(subscription.topic);
}

function rewriteUnsubscribe(packet: IUnsubscribePacket, rewrite: (filter: string) => string): void {
  packet.unsubscriptions = packet.unsubscriptions.map(rewrite);
}
