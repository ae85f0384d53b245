import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Program, temporaryFolder } from "../support/program.ts";
import { type BenchOptions, type BenchResult, timer } from "./bench.ts";
import { Sleepers } from "./crash/sleepers.ts";
import { type Call, type CallAnswer, send } from "./faults/calls.ts";
import { kinds, Thing } from "./faults/things.ts";
import { Random } from "./random.ts";

/** Callers at the same time; each has things of its own. */
const lanes = 12;

/** How long it is written to, until the program is killed, in milliseconds. */
const writing = { least: 300, most: 2_500 };

/** How long the registry may take to show what is so after a start, in milliseconds. */
const patience = 5_000;

const password = "Crash-passw0rd";

/**
 * Kills the started program (SIGKILL) while it is written to, starts it again, and compares what is there with what was
 * answered before: every write that was acknowledged is there, and what was not is there or not, but never half.
 */
export async function crash({ seed, seconds }: BenchOptions): Promise<BenchResult> {
  const run = new CrashRun(await temporaryFolder(), new Random(seed));
  const isOver = timer(seconds);
  await run.start();
  do await run.round();
  while (!isOver());
  await run.close();
  return { name: "crash", lines: run.lines(), failures: run.failures };
}

class CrashRun {
  readonly failures: string[] = [];
  readonly #folder: string;
  readonly #random: Random;
  readonly #sleepers = new Sleepers();
  readonly #things: Thing[][];
  readonly #settings = { acknowledged: 0, sent: 0 };
  readonly #counts = { there: 0, gone: 0, unknown: 0 };
  #program: Program | undefined;
  #token = "";
  #rounds = 0;
  #answers = 0;

  constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
    this.#things = Array.from({ length: lanes }, (_, lane) =>
      kinds.flatMap((kind, k) => [0, 1, 2].map((n) => new Thing(kind, `lane${lane}x${k}x${n}`))),
    );
  }

  async start(): Promise<void> {
    await this.#restart();
    await this.#sleepers.settle(this.#running);
  }

  /** Writes, a kill, a start, and a comparison. */
  async round(): Promise<void> {
    this.#rounds += 1;
    const { child } = this.#running;
    const killed = once(child, "exit");
    const { least, most } = writing;
    const killing = sleep(least + this.#random.number(most - least)).then(() => child.kill("SIGKILL"));
    await Promise.all([
      ...this.#things.map((things, n) => this.#write(things, new Random(this.#rounds * 1_000 + n))),
      this.#changeSettings(),
      this.#sleepers.use(this.#running, new Random(this.#rounds), this.#rounds),
      killing,
      killed,
    ]);
    await this.#restart();
    await this.#compare();
  }

  async close(): Promise<void> {
    await this.#running.interrupt();
  }

  lines(): string[] {
    const { there, gone, unknown } = this.#counts;
    return [
      `${this.#rounds} kills under ${this.#answers} answered calls`,
      `things afterwards: ${there} that had to be there, ${gone} that had to be gone, ${unknown} whose last call was not answered`,
      `${this.#sleepers.acknowledged} messages were acknowledged for sessions that were away`,
    ];
  }

  get #running(): Program {
    if (!this.#program) throw new Error("The program is not started");
    return this.#program;
  }

  async #restart(): Promise<void> {
    const options = ["--dashboard-password", password];
    this.#program = await Program.start(join(this.#folder, "data"), ...options);
    const login = { method: "POST", path: "/login", body: { username: "admin", password } };
    this.#token = (await this.#call(login)).json.token;
  }

  #call(call: Call): Promise<CallAnswer> {
    return send(new URL(this.#running.address("http:")).origin, this.#token, call);
  }

  /** Creates and removes things, until the program does not answer any more. */
  async #write(things: readonly Thing[], random: Random): Promise<void> {
    for (;;) {
      const thing = random.pick(things);
      const create = random.chance(thing.expected === "there" ? 0.2 : 0.8);
      try {
        const answer = await this.#call(create ? thing.kind.create(thing.id) : thing.kind.remove(thing.id));
        this.#answers += 1;
        const problem = create ? thing.afterCreate(answer) : thing.afterRemove(answer);
        if (problem) this.#note(`${thing.kind.name} ${thing.id} ${problem}`);
      } catch {
        thing.expected = "unknown";
        return;
      }
    }
  }

  async #changeSettings(): Promise<void> {
    const settings = this.#settings;
    for (;;) {
      settings.sent += 1;
      const body = [{ topic: `settings/${settings.sent}`, qos: 1 }];
      try {
        const { status } = await this.#call({ method: "PUT", path: "/mqtt/auto_subscribe", body });
        if (status === 200) settings.acknowledged = settings.sent;
        else this.#note(`settings are answered with ${status}`);
      } catch {
        return;
      }
      await sleep(30);
    }
  }

  async #compare(): Promise<void> {
    await this.#compareThings();
    const { acknowledged, sent } = this.#settings;
    const [settings] = await this.#list("/mqtt/auto_subscribe");
    const found = Number(settings?.topic.slice("settings/".length) ?? 0);
    if (found < acknowledged || found > sent) {
      this.#note(`settings ${acknowledged} were acknowledged, ${sent} sent, ${found} are there`);
    }
    // What is subscribed to by these settings is not what clients asked for.
    await this.#call({ method: "PUT", path: "/mqtt/auto_subscribe", body: [] });
    this.#settings.acknowledged = 0;
    for (const lost of await this.#sleepers.check(this.#running)) this.#note(lost);
    await this.#compareSubscriptions();
  }

  async #compareThings(): Promise<void> {
    for (const [list, same] of Map.groupBy(this.#things.flat(), ({ kind }) => kind.list.path)) {
      const { json } = await this.#call({ method: "GET", path: list });
      for (const thing of same) {
        const { kind, id, expected } = thing;
        this.#counts[expected] += 1;
        const listed = kind.isListed(json, id);
        if (expected !== "unknown" && listed !== (expected === "there")) {
          this.#note(`${kind.name} ${id} should be ${expected}, and is ${listed ? "" : "not "}listed`);
        }
        const read = kind.read && (await this.#call(kind.read(id)));
        if (read && read.status !== (listed ? 200 : 404)) {
          this.#note(
            `${kind.name} ${id} is ${listed ? "" : "not "}listed, and reading it is a ${read.status}`,
          );
        }
        thing.expected = listed ? "there" : "gone";
      }
    }
  }

  async #compareSubscriptions(): Promise<void> {
    const deadline = performance.now() + patience;
    for (;;) {
      const rows = (await this.#list("/subscriptions?limit=10000")).filter(
        ({ topic }) => !topic.startsWith("settings/"),
      );
      const wrong = this.#sleepers.wrongSubscriptions(rows);
      if (wrong.length === 0) return;
      if (performance.now() > deadline) {
        for (const text of wrong) this.#note(text);
        return;
      }
      await sleep(100);
    }
  }

  async #list(path: string): Promise<{ clientid: string; topic: string }[]> {
    const { json } = await this.#call({ method: "GET", path });
    return json.data ?? json;
  }

  #note(text: string): void {
    this.failures.push(`after kill ${this.#rounds}: ${text}`);
  }
}
