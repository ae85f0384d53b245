import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface, type Interface } from "node:readline";

/** How many clients connect, subscribe or leave at the same time. */
const batch = 50;

/** The two filters that a client subscribes to. */
export const filtersOfClient = (clientid = "") => [`bench/${clientid}/commands`, `bench/${clientid}/files/#`];

/** Does something for each of many, a batch at a time. */
export async function inBatches<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: batch }, worker));
}

/** Real MQTT clients in a process of their own, so that they neither slow down nor fill up whoever measures. */
export class Population {
  readonly #child: ChildProcess;
  readonly #answers: Interface;

  constructor(url: string, prefix: string) {
    const script = resolve(import.meta.dirname, "clients.ts");
    this.#child = spawn(process.execPath, [script, url, prefix], { stdio: ["pipe", "pipe", "inherit"] });
    if (!this.#child.stdout) throw new Error("The process of the clients has no output");
    this.#answers = createInterface({ input: this.#child.stdout });
  }

  /** Connects clients, with a clean session; resolves with the milliseconds that it took. */
  connect(count: number): Promise<number> {
    return this.#tell(`in ${count}`);
  }

  /** Subscribes each client to its filters. */
  subscribe(): Promise<number> {
    return this.#tell("subscribe");
  }

  /** Disconnects all clients. */
  disconnect(): Promise<number> {
    return this.#tell("out");
  }

  /** Ends the process of the clients. */
  async end(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.stdin?.end();
    await exit;
  }

  async #tell(command: string): Promise<number> {
    const ended = once(this.#child, "exit").then(() => {
      throw new Error(`The process of the clients ended at "${command}"`);
    });
    ended.catch(() => {});
    const answer = once(this.#answers, "line");
    this.#child.stdin?.write(`${command}\n`);
    const [line] = await Promise.race([answer, ended]);
    return (JSON.parse(line as string) as { milliseconds: number }).milliseconds;
  }
}
