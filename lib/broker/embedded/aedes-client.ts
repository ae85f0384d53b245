import type { EventEmitter } from "node:events";
import type { Aedes, AedesPublishPacket, Client } from "aedes";
import mqttPacket, { type Packet } from "mqtt-packet";
import type { StoredSubscription } from "./kept-state.ts";

type Done = (error?: unknown) => void;
type Deliver = (packet: AedesPublishPacket, done: Done) => void;

/** Fields of Aedes's client that its types leave out, or describe as something else. */
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
  deliver0: Deliver;
  deliverQoS: Deliver;
  subscribe(given: Named | Named[], done: Done): void;
  unsubscribe(filters: string[], done: Done): void;
}

interface Named {
  topic: string;
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

  /** Tells a client of MQTT 5 why its connection is about to end. */
  say(reasonCode: number): void {
    if (this.#client.version !== 5 || !this.#internals.connackSent) return;
    // At once: what is written to a stream leaves only after this, when the connection has ended.
    this.#client.conn.write(mqttPacket.generate({ cmd: "disconnect", reasonCode }, { protocolVersion: 5 }));
  }

  /** Sees the packets that arrive, before Aedes does. */
  followPackets(listener: (packet: Packet) => void): void {
    this.#internals._parser.prependListener("packet", listener);
  }

  /** Keeps packets that arrive away from Aedes, and from whom followed them until now. */
  filterPackets(lets: (packet: Packet) => boolean): void {
    const { _parser: parser } = this.#internals;
    const handlers = parser.listeners("packet");
    parser.removeAllListeners("packet");
    parser.on("packet", (packet: Packet) => {
      if (!lets(packet)) return;
      for (const handle of handlers) handle.call(parser, packet);
    });
  }

  /** Changes the filters that it subscribes to and unsubscribes from by its packets, before Aedes sees them. */
  rewriteFilters(rewrite: (filter: string) => string): void {
    this.followPackets((packet) => {
      if (packet.cmd === "unsubscribe") packet.unsubscriptions = packet.unsubscriptions.map(rewrite);
      if (packet.cmd !== "subscribe") return;
      for (const subscription of packet.subscriptions) subscription.topic = rewrite(subscription.topic);
    });
  }

  /** Changes the names that filters have inside Aedes, whoever subscribes it. */
  renameFilters(rename: (filter: string) => string): void {
    this.rewriteFilters(rename);
    const internals = this.#internals;
    const { subscribe, unsubscribe } = internals;
    internals.subscribe = (given, done) => {
      const renamed = [given].flat().map((one) => ({ ...one, topic: rename(one.topic) }));
      subscribe.call(internals, renamed, done);
    };
    internals.unsubscribe = (filters, done) => unsubscribe.call(internals, filters.map(rename), done);
  }

  /** Lets somebody else write its messages in place of Aedes. */
  replaceDelivery(deliver: Deliver): void {
    for (const name of ["deliver0", "deliverQoS"] as const) this.#internals[name] = deliver;
  }

  /**
   * Subscribes it without its doing. Fails if the filter is not valid. Before MQTT 5 clients know neither `nl` nor
   * `rap`, and EMQX lets nobody else decide them.
   */
  subscribe({ topic, qos, nl, rap, rh }: StoredSubscription): Promise<void> {
    const isOld = this.#client.version !== 5;
    const options = { nl: !isOld && Boolean(nl), rap: !isOld && Boolean(rap), rh };
    return this.#unlessItEnds((done) => this.#internals.subscribe({ topic, qos, ...options } as Named, done));
  }

  /** Ends a subscription of it, as far as its connection is concerned. */
  unsubscribe(filter: string): Promise<void> {
    return this.#unlessItEnds((done) => this.#internals.unsubscribe([filter], done));
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
  #unlessItEnds(call: (done: Done) => void): Promise<void> {
    const { conn } = this.#client;
    if (conn.closed) return Promise.resolve();
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
