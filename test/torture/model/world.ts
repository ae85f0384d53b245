import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import mqtt, { type IConnackPacket, type MqttClient } from "mqtt";
import { Program, temporaryFolder } from "../../support/program.ts";
import type { Connecting, Message, Will } from "./model.ts";
import { ids } from "./topics.ts";

const key = "model:model-secret";

/** How long an answer may take, in milliseconds. */
const patience = 20_000;

export interface RealClient {
  mqtt: MqttClient;
  received: Message[];
  sessionPresent: boolean;
}

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers have every shape
  json: any;
}

/** The started program with the MQTT clients of a run. It may be restarted; its data stays. */
export class World {
  readonly clients = new Map<string, RealClient>();
  /** What was done in this run, and agreed with the model. */
  done: string[] = [];
  readonly #folder: string;
  #program: Program;
  #base = "";

  static async open(): Promise<World> {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "keys"), `${key}:administrator\n`);
    return new World(folder, await start(folder));
  }

  private constructor(folder: string, program: Program) {
    this.#folder = folder;
    this.#program = program;
    this.#noteAddress();
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#base}/api/v5${path}`, {
      method,
      signal: AbortSignal.timeout(patience),
      headers: {
        authorization: `Basic ${btoa(key)}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
  }

  /** Connects a client; returns `undefined` if it is refused. */
  async connect(
    clientId: string,
    { version, clean, expiry, will }: Connecting,
  ): Promise<RealClient | undefined> {
    const client = mqtt.connect(this.#program.address("mqtt:"), {
      ...{ clientId, clean, protocolVersion: version, reconnectPeriod: 0, resubscribe: false },
      ...(version === 5 && { properties: { sessionExpiryInterval: expiry } }),
      ...(will && { will: willOf(will, version) }),
    });
    const received: Message[] = [];
    // As they come: mqtt.js tells of those with QoS 2 when their handshake is over, later than of what has followed.
    client.on("packetreceive", (packet) => {
      if (packet.cmd !== "publish") return;
      const { topic, payload, qos, retain } = packet;
      received.push({ topic, payload: `${payload}`, qos, retain });
    });
    const answer = await new Promise<IConnackPacket | undefined>((resolve) => {
      client.once("connect", resolve);
      client.on("error", () => resolve(undefined));
      client.once("close", () => resolve(undefined));
    });
    if (!answer) {
      client.end(true);
      return undefined;
    }
    const real = { mqtt: client, received, sessionPresent: answer.sessionPresent };
    this.clients.set(clientId, real);
    return real;
  }

  note(command: string): void {
    this.done.push(command);
  }

  client(id: string): RealClient {
    const client = this.clients.get(id);
    if (!client) throw new Error(`${id} was never connected`);
    return client;
  }

  /** Ends the program, by a signal or at once, and starts it again. */
  async restart(how: "SIGINT" | "SIGKILL"): Promise<void> {
    const exit = once(this.#program.child, "exit");
    this.#program.child.kill(how);
    await exit;
    this.#program = await start(this.#folder);
    this.#noteAddress();
  }

  /** Whether the program has ended by itself. */
  get ended(): boolean {
    return this.#program.child.exitCode !== null;
  }

  /** Removes all that is left of a run. */
  async clear(): Promise<void> {
    await this.#reviveEnded();
    for (const { mqtt } of this.clients.values()) if (mqtt.connected) await mqtt.endAsync();
    this.done = [];
    await this.call("DELETE", "/banned");
    // A will that waits is given up when its session goes on.
    for (const id of ids) await (await this.connect(id, fleeting))?.mqtt.endAsync();
    this.clients.clear();
    const { json } = await this.call("GET", "/clients?limit=1000");
    const shown = json.data.map(({ clientid }: { clientid: string }) => clientid);
    for (const id of new Set([...ids, ...shown])) await this.call("DELETE", `/clients/${id}`);
    await this.call("DELETE", "/mqtt/retainer/messages");
  }

  /** Starts the program again if it has ended by itself, and fails with what it said. */
  async #reviveEnded(): Promise<void> {
    if (!this.ended) return;
    const { errors } = this.#program;
    this.#program = await start(this.#folder);
    this.#noteAddress();
    throw new Error(`The program ended by itself: ${errors}`);
  }

  async close(): Promise<void> {
    for (const { mqtt } of this.clients.values()) mqtt.end(true);
    await this.#program.interrupt();
  }

  #noteAddress(): void {
    this.#base = new URL(this.#program.address("http:")).origin;
  }
}

/** Goes on with a session, and ends it with the connection. */
const fleeting: Connecting = { version: 5, clean: false, expiry: 0 };

/** A will as mqtt.js has it. */
function willOf({ topic, payload, qos, retain, delay }: Will, version: 4 | 5) {
  return {
    ...{ topic, payload: Buffer.from(payload), qos, retain },
    ...(version === 5 && { properties: { willDelayInterval: delay } }),
  };
}

const start = (folder: string) =>
  Program.start(join(folder, "data"), "--bootstrap-file", join(folder, "keys"));
