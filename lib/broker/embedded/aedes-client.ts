import type { EventEmitter } from "node:events";
import type { Aedes, Client } from "aedes";
import type { ISubscribePacket, IUnsubscribePacket, Packet } from "mqtt-packet";
import { innerName } from "./inner-names.ts";
import type { StoredSubscription } from "./kept-state.ts";

/** Fields of Aedes's client that its types leave out. */
interface Internals {
  id: string;
  /** What a client of MQTT 5 is told of its id, if it has brought none. */
  _assignedClientId: string | undefined;
  will: object | undefined;
  connected: boolean;
  connackSent: boolean;
  broker: Aedes;
  _parser: EventEmitter;
  /** Milliseconds; not positive if the client may be silent for ever. */
  _keepaliveInterval: number;
  _keepaliveTimer: NodeJS.Timeout | null;
}

/** What is done to a client of Aedes beside its own interface. */
export class AedesClient {
  readonly #client: Client;
  readonly #internals: Internals;

  constructor(client: Client) {
    this.#client = client;
    this.#internals = client as unknown as Internals;
  }

  /** Gives another id to a client that has brought none, and was not told one yet. */
  rename(clientid: string): void {
    this.#internals.id = clientid;
    this.#internals._assignedClientId = clientid;
  }

  /** Its will is not published when its connection ends. */
  forgetWill(): void {
    this.#internals.will = undefined;
  }

  /** Ends its connection; a client of MQTT 5 is told the reason, if it reads. */
  async end(reasonCode: number): Promise<void> {
    // Aedes takes a client for connected, and tells it reasons, only once it has sent what was queued for it.
    if (this.#internals.connackSent) this.#internals.connected = true;
    const ended = new Promise<void>((resolve) => this.#client.disconnect({ reasonCode }, resolve));
    if (this.#client.conn.writableNeedDrain) this.#client.close();
    await ended;
  }

  /** Sees the packets that arrive, before Aedes does. */
  followPackets(listener: (packet: Packet) => void): void {
    this.#internals._parser.prependListener("packet", listener);
  }

  /** Changes the filters that it subscribes to and unsubscribes from, before Aedes sees them. */
  rewriteFilters(rewrite: (filter: string) => string): void {
    this.followPackets((packet) => {
      if (packet.cmd === "subscribe") rewriteSubscribe(packet, rewrite);
      else if (packet.cmd === "unsubscribe") rewriteUnsubscribe(packet, rewrite);
    });
  }

  /**
   * Subscribes it without its doing. Fails if the filter is not valid. Before MQTT 5 clients know neither `nl` nor
   * `rap`, and EMQX lets nobody else decide them.
   */
  subscribe({ topic, qos, nl, rap, rh }: StoredSubscription): Promise<void> {
    const isOld = this.#client.version !== 5;
    const options = { nl: !isOld && Boolean(nl), rap: !isOld && Boolean(rap), rh };
    const subscription = { topic: innerName(topic), qos, ...options };
    return this.#unlessItEnds((done) => this.#client.subscribe(subscription as never, done));
  }

  /** Ends a subscription of it, as far as its connection is concerned. */
  unsubscribe(filter: string): Promise<void> {
    return this.#unlessItEnds((done) => this.#client.unsubscribe([innerName(filter)] as never, done));
  }

  /** Changes how long it may be silent, in seconds; 0 means for ever. [MQTT-3.1.2-24] */
  setKeepalive(seconds: number): void {
    const internals = this.#internals;
    clearTimeout(internals._keepaliveTimer ?? undefined);
    internals._keepaliveInterval = seconds === 0 ? -1 : seconds * 1_500;
    internals._keepaliveTimer =
      seconds === 0 ? null : setTimeout(() => this.#timeOut(), internals._keepaliveInterval);
  }

  #timeOut(): void {
    this.#internals.broker.emit("keepaliveTimeout", this.#client);
    this.#client.emit("error", new Error("keep alive timeout"));
  }

  /** Aedes does not answer when the connection ends meanwhile. */
  #unlessItEnds(call: (done: (error?: Error) => void) => void): Promise<void> {
    const { conn } = this.#client;
    return new Promise((resolve, reject) => {
      conn.once("close", resolve);
      call((error) => {
        conn.off("close", resolve);
        if (error) reject(error);
        else resolve();
      });
    });
  }
}

function rewriteSubscribe({ subscriptions }: ISubscribePacket, rewrite: (filter: string) => string): void {
  for (const subscription of subscriptions) subscription.topic = rewrite(subscription.topic);
}

function rewriteUnsubscribe(packet: IUnsubscribePacket, rewrite: (filter: string) => string): void {
  packet.unsubscriptions = packet.unsubscriptions.map(rewrite);
}
