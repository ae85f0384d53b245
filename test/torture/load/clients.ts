import { setTimeout as sleep } from "node:timers/promises";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import type { Random } from "../random.ts";

const steadyClients = 240;
const passingClients = 40;

/** Pause of a passing client between two things that it does, in milliseconds, at most. */
const passingPause = 400;

/** How often one of the steady clients publishes, in milliseconds. */
const publishPause = 5;

/** How long a client waits for what is answered, in milliseconds. */
const patience = 20_000;

/** MQTT clients: some stay, and are sent to; some come and go, politely or not. */
export class LoadClients {
  readonly steady = Array.from({ length: steadyClients }, (_, n) => `steady-${n}`);
  readonly passing = Array.from({ length: passingClients }, (_, n) => `passing-${n}`);
  readonly failures = new Map<string, number>();
  received = 0;
  published = 0;
  connects = 0;
  refused = 0;
  readonly #address: string;
  readonly #random: Random;
  readonly #clients = new Map<string, MqttClient>();

  constructor(address: string, random: Random) {
    this.#address = address;
    this.#random = random;
  }

  /** Connects those that stay: of MQTT 3.1.1 and 5, with clean and persistent sessions. */
  async settle(): Promise<void> {
    for (const [n, id] of this.steady.entries()) {
      const client = await this.#connect(id, optionsOf(n));
      if (!client) throw new Error(`${id} is refused`);
      client.on("close", () => this.#steadyLost(id));
      await client.subscribeAsync([`to/${id}`, "load/#", `$share/g${n % 4}/shared`], {
        qos: (n % 3) as 0 | 1 | 2,
      });
      this.#clients.set(id, client);
    }
  }

  /** Publishes, comes and goes, until it is over. */
  async run(isOver: () => boolean): Promise<void> {
    await Promise.all([this.#publish(isOver), ...this.passing.map((id, n) => this.#pass(id, n, isOver))]);
  }

  /** All leave; persistent sessions stay. */
  async leave(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.endAsync().catch(() => {})));
  }

  async #publish(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const client = this.#clients.get(this.#random.pick(this.steady));
      const topic = this.#random.chance(0.2) ? "shared" : `to/${this.#random.pick(this.steady)}`;
      const qos = this.#random.number(3) as 0 | 1 | 2;
      client?.publishAsync(topic, "y".repeat(200), { qos }).catch((error) => this.#fail(`publish: ${error}`));
      this.published += 1;
      await sleep(publishPause);
    }
  }

  async #pass(id: string, n: number, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const client = await this.#connect(id, { ...optionsOf(n), username: `load-user-${n}` });
      if (client) {
        const done = this.#visit(client, n);
        await Promise.race([done, closed(client), sleep(patience, "late", { ref: false })]).then((how) => {
          if (how === "late") this.#fail(`${id.replace(/\d+/, "n")} waits for an answer in vain`);
        });
        client.end(true);
      }
      await sleep(this.#random.number(passingPause));
    }
  }

  async #visit(client: MqttClient, n: number): Promise<void> {
    try {
      await client.subscribeAsync([`passing/${n % 5}/#`, `own/${n}`], { qos: 1 });
      await client.publishAsync(`passing/${n % 5}/t`, "z", { qos: 1 });
      await sleep(this.#random.number(passingPause));
      if (this.#random.chance(0.5)) await client.endAsync();
      else client.stream.destroy();
    } catch {
      // It was kicked out, or banned.
    }
  }

  async #connect(clientId: string, options: IClientOptions): Promise<MqttClient | undefined> {
    this.connects += 1;
    const client = mqtt.connect(this.#address, { clientId, reconnectPeriod: 0, ...options });
    client.on("message", () => {
      this.received += 1;
    });
    const connected = await new Promise<boolean>((resolve) => {
      client.once("connect", () => resolve(true));
      client.on("error", () => resolve(false));
      client.once("close", () => resolve(false));
    });
    if (connected) return client;
    this.refused += 1;
    client.end(true);
    return undefined;
  }

  #steadyLost(id: string): void {
    if (this.#clients.has(id)) this.#fail("a client that stays lost its connection");
  }

  #fail(text: string): void {
    this.failures.set(text, (this.failures.get(text) ?? 0) + 1);
  }
}

const closed = (client: MqttClient) =>
  new Promise<void>((resolve) => void client.once("close", () => resolve()));

function optionsOf(n: number): IClientOptions {
  const clean = n % 3 !== 0;
  if (n % 2 === 0) return { protocolVersion: 4, clean };
  return { protocolVersion: 5, clean, properties: { sessionExpiryInterval: clean ? 0 : 600 } };
}
