import type { EventEmitter } from "node:events";
import type { Client } from "aedes";
import type { ISubscribePacket, IUnsubscribePacket, Packet } from "mqtt-packet";
import type { FilterWithOptions } from "./kept-state.ts";

/** Fields of Aedes's client that its types leave out. */
interface Internals extends Pick<Client, "subscribe"> {
  will: object | undefined;
  _parser: EventEmitter;
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
