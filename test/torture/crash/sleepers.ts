import { setTimeout as sleep } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import type { Program } from "../../support/program.ts";
import type { Random } from "../random.ts";

/** Clients whose sessions are kept while they are away. */
const sleepers = 6;

/** Messages for one session at most: of more than a thousand, the oldest gives way. */
const most = 900;

/** How long nothing more may come, until everything has, in milliseconds. */
const silence = 1_000;

interface Sleeper {
  id: string;
  subscribed: Set<string>;
  /** Filters of which nobody knows whether they were subscribed to. */
  unsure: Set<string>;
  sent: Set<string>;
  acknowledged: Set<string>;
}

/** Persistent sessions: what was granted to them, and what was acknowledged to who published, is to be kept. */
export class Sleepers {
  acknowledged = 0;
  readonly #all: Sleeper[] = Array.from({ length: sleepers }, (_, n) => ({
    ...{ id: `sleeper-${n}`, subscribed: new Set<string>(), unsure: new Set<string>() },
    ...{ sent: new Set<string>(), acknowledged: new Set<string>() },
  }));

  /** Subscribes them, and lets them go. */
  async settle(program: Program): Promise<void> {
    for (const { id, subscribed } of this.#all) {
      const client = await this.#connect(program, id);
      await client.subscribeAsync(`to/${id}`, { qos: 1 });
      subscribed.add(`to/${id}`);
      await client.endAsync();
    }
  }

  /** Publishes to them, and has others subscribe, until the program ends. */
  async use(program: Program, random: Random, round: number): Promise<void> {
    await Promise.all([this.#publish(program, random, round), this.#subscribe(program, round)]);
  }

  /** Reads what waits for them. Returns what was acknowledged and is lost. */
  async check(program: Program): Promise<string[]> {
    const lost: string[] = [];
    for (const sleeper of this.#all) {
      const received = await this.#wake(program, sleeper);
      for (const payload of sleeper.acknowledged) {
        if (!received.has(payload))
          lost.push(`a message to ${sleeper.id} was acknowledged and is lost: ${payload}`);
      }
      for (const payload of received) {
        if (!sleeper.sent.has(payload)) lost.push(`${sleeper.id} got what nobody sent: ${payload}`);
      }
      this.acknowledged += sleeper.acknowledged.size;
      sleeper.sent.clear();
      sleeper.acknowledged.clear();
    }
    return lost;
  }

  /** What was granted and is not listed, or is listed and was never asked for. */
  wrongSubscriptions(rows: readonly { clientid: string; topic: string }[]): string[] {
    return this.#all.flatMap(({ id, subscribed, unsure }) => {
      const listed = new Set(rows.filter(({ clientid }) => clientid === id).map(({ topic }) => topic));
      const missing = [...subscribed].filter((topic) => !listed.has(topic));
      const strange = [...listed].filter((topic) => !subscribed.has(topic) && !unsure.has(topic));
      for (const topic of unsure) if (listed.has(topic)) subscribed.add(topic);
      unsure.clear();
      return [
        ...missing.map((topic) => `${id} was granted ${topic}, which is lost`),
        ...strange.map((topic) => `${id} is subscribed to ${topic}, and never was`),
      ];
    });
  }

  /** The last of them comes back to subscribe to more and more. */
  async #subscribe(program: Program, round: number): Promise<void> {
    const sleeper = this.#all.at(-1);
    if (!sleeper) return;
    const client = await this.#connect(program, sleeper.id).catch(() => undefined);
    // What is asked for is never answered once the connection has ended.
    const over = new Promise<undefined>((resolve) => client?.once("close", () => resolve(undefined)));
    for (let n = 0; client?.connected; n += 1) {
      const filter = `more/${round}/${n}`;
      sleeper.unsure.add(filter);
      const granted = await Promise.race([
        client.subscribeAsync(filter, { qos: 1 }).catch(() => undefined),
        over,
      ]);
      if (granted) {
        sleeper.subscribed.add(filter);
        sleeper.unsure.delete(filter);
      }
      await sleep(20);
    }
  }

  async #publish(program: Program, random: Random, round: number): Promise<void> {
    const client = await this.#connect(program, "publisher", true).catch(() => undefined);
    const asleep = this.#all.slice(0, -1);
    for (let n = 0; client?.connected && n < most; n += 1) {
      const sleeper = random.pick(asleep);
      const qos = random.chance(0.5) ? 1 : 2;
      const payload = `${round}-${n} qos ${qos}`;
      sleeper.sent.add(payload);
      client.publishAsync(`to/${sleeper.id}`, payload, { qos }).then(
        () => sleeper.acknowledged.add(payload),
        () => {},
      );
      await sleep(2);
    }
  }

  async #wake(program: Program, { id }: Sleeper): Promise<Set<string>> {
    const received = new Set<string>();
    let last = performance.now();
    const client = await this.#connect(program, id, false, (payload) => {
      received.add(payload);
      last = performance.now();
    });
    while (performance.now() - last < silence) await sleep(50);
    await client.endAsync();
    return received;
  }

  async #connect(
    program: Program,
    clientId: string,
    clean = false,
    onMessage: (payload: string) => void = () => {},
  ): Promise<MqttClient> {
    const client = mqtt.connect(program.address("mqtt:"), { clientId, clean, reconnectPeriod: 0 });
    client.on("message", (_topic, payload) => onMessage(`${payload}`));
    client.on("error", () => {});
    await new Promise<void>((resolve, reject) => {
      client.once("connect", () => resolve());
      client.once("close", () => reject(new Error(`${clientId} is not let in`)));
    });
    return client;
  }
}
