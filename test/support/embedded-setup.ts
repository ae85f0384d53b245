import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import aedesPersistence from "aedes-persistence-level";
import { Level } from "level";
import mqtt, { type IClientOptions, type IConnackPacket, type MqttClient } from "mqtt";
import type { Packet } from "mqtt-packet";
import { vi } from "vitest";
import { mqttServer, webSocketServer } from "../../infra/local/mqtt-listeners.ts";
import { EmbeddedBroker } from "../../lib/broker/embedded/broker.ts";
import type { Extension } from "../../lib/broker/embedded/extension.ts";
import type { AedesPersistence } from "../../lib/broker/embedded/kept-state.ts";
import { LetterStore } from "../../lib/broker/embedded/letter-store.ts";
import { RetainedStore } from "../../lib/broker/embedded/retained-store.ts";
import { SessionIdentifiers } from "../../lib/broker/embedded/session-identifiers.ts";
import type { LifecycleEvent } from "../../lib/ingest/lifecycle-event.ts";
import { temporaryFolder } from "./program.ts";

/** A client of the broker, with what it received and what its connection was answered with. */
export interface EmbeddedClient {
  mqtt: MqttClient;
  received: { topic: string; payload: string; qos: number; retain: boolean }[];
  sessionPresent: boolean;
  /** Resolves when the connection is over. */
  closed: Promise<void>;
}

export interface ConnectOptions extends IClientOptions {
  over?: "mqtt" | "ws";
  /** Told of every packet that the client receives. */
  onPacket?: (packet: Packet) => void;
}

/** The embedded broker on a new folder, listening as `npm start` does. */
export class EmbeddedSetup {
  readonly broker: EmbeddedBroker;
  /** What the broker reported, in its order. */
  readonly events: LifecycleEvent[];
  readonly identifiers: SessionIdentifiers;
  readonly persistence: AedesPersistence;
  readonly #folder: string;
  readonly #kept: Level;
  readonly #servers: Server[];

  static async start(folder?: string, extensions: readonly Extension[] = []): Promise<EmbeddedSetup> {
    const path = folder ?? (await temporaryFolder());
    const kept = new Level(path);
    await kept.open();
    const events: LifecycleEvent[] = [];
    const sessionIdentifiers = new SessionIdentifiers(kept);
    const persistence: AedesPersistence = aedesPersistence(kept);
    const broker = await EmbeddedBroker.start({
      persistence,
      letters: new LetterStore(kept),
      retained: await RetainedStore.open(kept),
      sessionIdentifiers,
      onEvent: (event) => events.push(event),
      extensions,
    });
    const servers = [mqttServer(broker), webSocketServer(broker)];
    for (const server of servers) await once(server.listen(0, "127.0.0.1"), "listening");
    return new EmbeddedSetup(broker, {
      events,
      identifiers: sessionIdentifiers,
      persistence,
      folder: path,
      kept,
      servers,
    });
  }

  private constructor(
    broker: EmbeddedBroker,
    parts: {
      events: LifecycleEvent[];
      identifiers: SessionIdentifiers;
      persistence: AedesPersistence;
      folder: string;
      kept: Level;
      servers: Server[];
    },
  ) {
    this.broker = broker;
    this.events = parts.events;
    this.identifiers = parts.identifiers;
    this.persistence = parts.persistence;
    this.#folder = parts.folder;
    this.#kept = parts.kept;
    this.#servers = parts.servers;
  }

  /** Where it listens for MQTT over TCP. */
  get port(): number {
    return this.#port(0);
  }

  /** Connects a client, with a clean session over TCP unless given; it does not reconnect by itself. */
  async connect(
    clientId: string,
    { over = "mqtt", onPacket, ...given }: ConnectOptions = {},
  ): Promise<EmbeddedClient> {
    const address = over === "ws" ? `ws://127.0.0.1:${this.#port(1)}/mqtt` : `mqtt://127.0.0.1:${this.port}`;
    const client = mqtt.connect(address, { clientId, reconnectPeriod: 0, ...given });
    if (onPacket) client.on("packetreceive", onPacket);
    const received: EmbeddedClient["received"] = [];
    client.on("message", (topic, payload, { qos, retain }) => {
      received.push({ topic, payload: `${payload}`, qos, retain });
    });
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    const { sessionPresent } = await new Promise<IConnackPacket>((resolve, reject) =>
      client.once("connect", resolve).once("error", reject),
    );
    return { mqtt: client, received, sessionPresent, closed };
  }

  /** Connects a client whose session outlives its connection. */
  connectPersistent(clientId: string, given: ConnectOptions = {}): Promise<EmbeddedClient> {
    return this.connect(clientId, { clean: false, ...given });
  }

  /** Ends a client's connection, and waits until the broker has noticed. */
  async disconnect(client: EmbeddedClient): Promise<void> {
    const before = this.of("disconnected", client).length;
    await client.mqtt.endAsync();
    await vi.waitUntil(() => this.of("disconnected", client).length > before);
  }

  /** What was reported of a client, of one type or all. */
  of(type: LifecycleEvent["eventType"] | undefined, client: EmbeddedClient | string): LifecycleEvent[] {
    const id = typeof client === "string" ? client : client.mqtt.options.clientId;
    return this.events.filter(({ clientId, eventType }) => clientId === id && (!type || eventType === type));
  }

  /** Ends the broker and starts another one with what it has kept. */
  async restart(): Promise<EmbeddedSetup> {
    await this.close();
    return EmbeddedSetup.start(this.#folder);
  }

  #port(server: 0 | 1): number {
    const address = this.#servers[server]?.address() as AddressInfo | undefined;
    return address?.port ?? 0;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) server.close();
    await this.broker.close();
    await this.#kept.close();
  }
}
