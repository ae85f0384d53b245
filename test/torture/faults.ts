import { type BenchOptions, type BenchResult, timer } from "./bench.ts";
import { answerProblem, type Call, type CallAnswer, send } from "./faults/calls.ts";
import { inconsistencies } from "./faults/checks.ts";
import { type BrokerFaults, noBrokerFaults } from "./faults/flaky-broker.ts";
import { type DatabaseFaults, noDatabaseFaults } from "./faults/flaky-database.ts";
import { FaultsSetup } from "./faults/setup.ts";
import { kinds, Thing } from "./faults/things.ts";
import { quietLog } from "./quiet.ts";
import { Random } from "./random.ts";

/** Callers at the same time; each has things and clients of its own. */
const lanes = 24;

/** Seconds of a phase with faults. */
const phaseSeconds = 6;

const databaseFaults = (much: number): DatabaseFaults => ({
  ...{ throttle: 0.03 * much, error: 0.02 * much, reset: 0.02 * much },
  ...{ lost: 0.03 * much, doneError: 0.02 * much, late: 0.05, hang: 0.001 },
});

const brokerFaults = (much: number): BrokerFaults => ({
  ...{ throttle: 0.03 * much, error: 0.02 * much, lost: 0.03 * much, late: 0.05, hang: 0.001 },
});

/** What is disturbed, one after the other. `much` times as often as the numbers above. */
const phases: { database: number; broker: number }[] = [
  { database: 1, broker: 0 },
  { database: 2, broker: 0 },
  { database: 0, broker: 3 },
  { database: 4, broker: 0 },
  { database: 2, broker: 2 },
];

/**
 * Calls the API, and connects and disconnects clients, while the database and the broker fail at times. Then, with all
 * well again, what is there is compared with what was answered.
 */
export async function faults({ seed, seconds }: BenchOptions): Promise<BenchResult> {
  const log = quietLog();
  const setup = await FaultsSetup.start(seed);
  const run = new FaultsRun(setup, seed);
  const isOver = timer(seconds);
  for (let n = 0; !isOver(); n += 1) await run.phase(phases[n % phases.length] ?? noPhase, seconds);
  await setup.close();
  log.end();
  return { name: "faults", lines: run.lines(), failures: [...run.failures] };
}

const noPhase = { database: 0, broker: 0 };

class FaultsRun {
  readonly failures = new Set<string>();
  readonly #setup: FaultsSetup;
  readonly #lanes: Lane[];
  readonly #statuses = new Map<number, number>();
  #phases = 0;
  #unforeseen = false;

  constructor(setup: FaultsSetup, seed: number) {
    this.#setup = setup;
    this.#lanes = Array.from({ length: lanes }, (_, n) => new Lane(n, new Random(seed * 100 + n)));
  }

  async phase({ database, broker }: { database: number; broker: number }, seconds: number): Promise<void> {
    this.#phases += 1;
    this.#unforeseen = broker > 0;
    this.#setup.database.faults = database > 0 ? databaseFaults(database) : noDatabaseFaults;
    this.#setup.broker.faults = broker > 0 ? brokerFaults(broker) : noBrokerFaults;
    const isOver = timer(Math.min(phaseSeconds, seconds));
    await Promise.all(
      this.#lanes.map(async (lane) => {
        while (!isOver())
          await lane.step(
            this.#setup,
            (call) => this.#call(call),
            (text) => this.#note(text),
          );
      }),
    );
    this.#setup.database.faults = noDatabaseFaults;
    this.#setup.broker.faults = noBrokerFaults;
    const things = this.#lanes.flatMap((lane) => lane.things);
    for (const found of await inconsistencies(this.#setup, things)) this.#note(`afterwards: ${found}`);
  }

  async #call(call: Call): Promise<CallAnswer> {
    const answer = await send(this.#setup.base, this.#setup.token, call);
    this.#statuses.set(answer.status, (this.#statuses.get(answer.status) ?? 0) + 1);
    const problem = answerProblem(answer, this.#unforeseen);
    if (problem) this.#note(`${call.method} ${call.path}: ${problem} ${JSON.stringify(answer.json)}`);
    return answer;
  }

  /** Phases are numbered, so that it can be seen what was disturbed. */
  #note(text: string): void {
    this.failures.add(`phase ${this.#phases}: ${text}`);
  }

  lines(): string[] {
    const { database, broker } = this.#setup;
    const counted = (counts: Map<unknown, number>) =>
      [...counts]
        .sort()
        .map(([name, count]) => `${name} ${count}`)
        .join(", ");
    return [
      `${this.#phases} phases; answers: ${counted(this.#statuses)}`,
      `${database.requests} requests to the database, disturbed: ${counted(database.counts)}`,
      `calls of the broker, disturbed: ${counted(broker.counts)}`,
      `${this.#setup.repaired} clients were repaired, as the schedule does on AWS, whose kick had failed half-way`,
    ];
  }
}

type Send = (call: Call) => Promise<CallAnswer>;
type Note = (text: string) => void;

/** One caller. */
class Lane {
  readonly things: Thing[];
  readonly #name: string;
  readonly #random: Random;
  readonly #clients: string[];

  constructor(n: number, random: Random) {
    this.#name = `lane${n}`;
    this.#random = random;
    this.things = kinds.flatMap((kind, k) => [0, 1].map((it) => new Thing(kind, `lane${n}x${k}x${it}`)));
    this.#clients = [0, 1].map((it) => `${this.#name}-client-${it}`);
  }

  async step(setup: FaultsSetup, call: Send, note: Note): Promise<void> {
    if (this.#random.chance(0.3)) return this.#client(setup, call, note);
    const thing = this.#random.pick(this.things);
    const problem = await this.#thing(thing, call);
    if (problem) note(`${thing.kind.name} ${thing.id} ${problem}`);
  }

  async #thing(thing: Thing, call: Send): Promise<string | undefined> {
    const { kind, id } = thing;
    if (kind.read && this.#random.chance(0.2)) return thing.afterRead(await call(kind.read(id)));
    if (kind.name === "API key" && thing.expected === "there" && this.#random.chance(0.3)) {
      return this.#rotate(thing, call);
    }
    const create = thing.expected === "there" ? 0.2 : 0.8;
    return this.#random.chance(create)
      ? thing.afterCreate(await call(kind.create(id)))
      : thing.afterRemove(await call(kind.remove(id)));
  }

  async #rotate(thing: Thing, call: Send): Promise<string | undefined> {
    const path = `/api_key/${thing.id}/rotate`;
    return thing.afterRenewal(await call({ method: "POST", path, body: { grace_period: 3_600 } }));
  }

  async #client(setup: FaultsSetup, call: Send, note: Note): Promise<void> {
    const id = this.#random.pick(this.#clients);
    const client = setup.clients.get(id);
    const topic = this.#random.pick([`${this.#name}/a`, `${this.#name}/+`, "all/#", "$share/g/all/t"]);
    if (!client?.connected) {
      await setup.connect(id, { clean: this.#random.chance(0.5), username: "u" }).catch(() => {});
      return;
    }
    switch (this.#random.number(6)) {
      case 0:
        await client.endAsync().catch(() => {});
        return;
      case 1:
        return this.#kick(setup, id, call, note);
      case 2:
        await call({ method: "POST", path: `/clients/${id}/subscribe`, body: { topic, qos: 1 } });
        return;
      case 3:
        await client.unsubscribeAsync(topic).catch(() => {});
        return;
      default:
        await client.subscribeAsync(topic, { qos: 1 }).catch(() => {});
    }
  }

  async #kick(setup: FaultsSetup, id: string, call: Send, note: Note): Promise<void> {
    const { status } = await call({ method: "DELETE", path: `/clients/${id}` });
    const session = await setup.real.session(id);
    if (status >= 500) setup.halfKicked.add(id);
    if (status === 204 && session) note(`client ${id} is kicked out, and the broker has a session of it`);
    if (status === 404) note(`client ${id} is connected, and said to be unknown`);
  }
}
