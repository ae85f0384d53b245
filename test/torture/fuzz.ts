import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import * as resources from "../../functions/index.ts";
import type { Operation, Resource } from "../../lib/contract/resource.ts";
import { curlLine } from "../compare/report.ts";
import { Target } from "../compare/target.ts";
import { Program, temporaryFolder } from "../support/program.ts";
import { testNode } from "../support/test-api.ts";
import { type BenchOptions, type BenchResult, timer } from "./bench.ts";
import { problemOf } from "./fuzz/answers.ts";
import { followErrors, settle } from "./fuzz/fleet.ts";
import { packetBytes, packetClients, sendPackets } from "./fuzz/packets.ts";
import { type FuzzRequest, requests } from "./fuzz/requests.ts";
import { type FuzzAnswer, hangUp, sendRaw } from "./fuzz/send.ts";
import { playStreams } from "./fuzz/stream-run.ts";
import { Random } from "./random.ts";

/** Operations that are called at the same time. */
const lanes = 4;

/** Connections of each round that send malformed packets. */
const packetsPerRound = 400;

/** Requests per operation until the next one has its turn; an operation that is slow on purpose gets few. */
const turn = { usual: 25, slow: 3 };
const slow = new Set(["login", "createUser", "changePassword"]);

const operations = Object.values<Resource>(resources).flatMap(({ operations }) =>
  Object.entries<Operation>(operations),
);

/** A fault: what is wrong, and the simplest request that was found for it. */
interface Finding {
  name: string;
  problem: string;
  request: FuzzRequest;
}

/**
 * Sends valid, nearly valid and hostile requests, made from the contracts, to the started program, and checks each
 * answer by the contract.
 */
export async function fuzz({ seed, seconds }: BenchOptions): Promise<BenchResult> {
  const folder = await temporaryFolder();
  const program = await Program.start(join(folder, "data"), ...programOptions);
  const errors = followErrors(program);
  const run = new FuzzRun(await Target.open(addressOf(program, await keyOf(folder))), errors, seed);
  const isOver = timer(seconds);
  let rounds = 0;
  for (; !isOver() && program.child.exitCode === null; rounds += 1) {
    await settle(run.target);
    await run.sendPackets(program.address("mqtt:"), isOver);
    await run.sendStreams(program.address("http:"), program.address("ws:"), isOver);
    const left = operations.values();
    const lane = async () => {
      for (const [name, operation] of left) {
        if (isOver() || program.child.exitCode !== null) return;
        await run.play(name, operation, seed + rounds * 1_000);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }
  if (program.child.exitCode === null) await run.leftConnected();
  const alive = program.child.exitCode === null;
  await run.target.close();
  hangUp();
  if (alive) await program.interrupt();
  await rm(folder, { recursive: true, force: true });
  return { name: "fuzz", lines: run.lines(rounds), failures: run.failures(program, alive) };
}

/** Credentials of the administrator's key that the program made. */
const keyOf = async (folder: string) =>
  (await readFile(join(folder, "data", "administrator-key"), "utf8")).trim();

const password = "Torture-1";
const programOptions = [
  "--node-name",
  testNode,
  "--dashboard-username",
  "admin",
  "--dashboard-password",
  password,
];

function addressOf(program: Program, key: string) {
  const { origin } = new URL(program.address("http:"));
  return {
    name: "Fleetgate",
    base: origin,
    mqtt: program.address("mqtt:"),
    key,
    username: "admin",
    password,
  };
}

class FuzzRun {
  readonly target: Target;
  readonly #errors: Map<string, string>;
  readonly #findings: Finding[] = [];
  readonly #known = new Set<string>();
  readonly #statuses = new Map<string, number>();
  readonly #packets: Buffer[] = [];
  readonly #left: string[] = [];
  readonly #random: Random;
  #slowest = { milliseconds: 0, line: "" };
  #sent = 0;
  #streams = 0;

  constructor(target: Target, errors: Map<string, string>, seed: number) {
    this.#random = new Random(seed);
    this.target = target;
    this.#errors = errors;
  }

  /** Sends requests for one operation; the simplest one for each new fault is kept. */
  async play(name: string, operation: Operation, seed: number): Promise<void> {
    let last = "";
    const property = fc.asyncProperty(requests(name, operation), async (request) => {
      const problem = await this.#problem(request, operation);
      if (problem === undefined || this.#known.has(`${name} ${problem}`)) return true;
      last = problem;
      return false;
    });
    const numRuns = slow.has(name) ? turn.slow : turn.usual;
    const { counterexample } = await fc.check(property, {
      seed: seed + nameSeed(name),
      numRuns,
      endOnFailure: false,
    });
    if (!counterexample) return;
    const [request] = counterexample;
    const problem = (await this.#problem(request, operation)) ?? `seen once: ${last}`;
    this.#known.add(`${name} ${problem}`).add(`${name} ${last}`);
    this.#findings.push({ name, problem, request });
  }

  /** Malformed packets at the MQTT listener, several connections at a time. */
  async sendPackets(address: string, isOver: () => boolean): Promise<void> {
    let left = packetsPerRound;
    const lane = async () => {
      for (; left > 0 && !isOver(); left -= 1) {
        const bytes = packetBytes(this.#random);
        this.#packets.push(bytes);
        await sendPackets(address, bytes);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  /** Requests of HTTP and frames of WebSocket as bytes, some of them malformed. */
  async sendStreams(http: string, webSocket: string, isOver: () => boolean): Promise<void> {
    const authorization = this.target.authorization("key") ?? "";
    const { sent, failures } = await playStreams(this.#random, { http, webSocket, authorization }, isOver);
    this.#streams += sent;
    this.#left.push(...failures);
  }

  /** Who sent malformed packets, and has gone, is not shown as connected. */
  async leftConnected(): Promise<void> {
    for (const id of packetClients) {
      const { json } = await this.target.call({ method: "GET", path: `/clients/${id}` });
      if (json?.connected) this.#left.push(`the client ${id} has gone, and is shown as connected`);
    }
  }

  async #problem(request: FuzzRequest, operation: Operation): Promise<string | undefined> {
    const begin = performance.now();
    try {
      const answer = await this.#send(request);
      this.#note(request, answer, performance.now() - begin);
      const problem = problemOf(request, operation, answer);
      const logged = this.#errors.get(String(answer.headers["x-amzn-requestid"]));
      if (problem) return logged ? `${problem} (${logText(logged)})` : problem;
      return logged && `an error in the log: ${logText(logged)}`;
    } catch (error) {
      return `no answer: ${(error as Error).message}`;
    }
  }

  /** Some requests end tokens; then a new one is fetched. */
  async #send(request: FuzzRequest): Promise<FuzzAnswer> {
    const send = () => sendRaw(this.target.address.base, request, this.target.authorization(request.as));
    const answer = await send();
    if (request.as !== "token" || answer.status !== 401) return answer;
    await this.target.login();
    return send();
  }

  #note(request: FuzzRequest, { status }: FuzzAnswer, milliseconds: number): void {
    this.#sent += 1;
    this.#statuses.set(String(status), (this.#statuses.get(String(status)) ?? 0) + 1);
    if (milliseconds <= this.#slowest.milliseconds) return;
    this.#slowest = { milliseconds, line: `${request.method} ${request.path}`.slice(0, 200) };
  }

  lines(rounds: number): string[] {
    const statuses = [...this.#statuses].sort().map(([status, count]) => `${status}: ${count}`);
    return [
      `${this.#sent} requests to ${operations.length} operations in ${rounds} rounds`,
      `answers: ${statuses.join(", ")}`,
      `${this.#packets.length} connections that sent malformed MQTT packets`,
      `${this.#streams} connections that sent HTTP or WebSocket frames byte by byte`,
      `the slowest answer took ${Math.round(this.#slowest.milliseconds)} ms: ${this.#slowest.line}`,
    ];
  }

  #lastPackets(): string[] {
    return this.#packets.slice(-lanes).map((bytes) => `    of the last packets: ${bytes.toString("hex")}`);
  }

  failures(program: Program, alive: boolean): string[] {
    return [
      ...(alive ? [] : [`the program ended: ${program.errors}`, ...this.#lastPackets()]),
      ...this.#left,
      ...(alive && program.errors !== "" ? [`the program wrote to its error output: ${program.errors}`] : []),
      ...[...Map.groupBy(this.#findings, ({ problem }) => problem)].map(([problem, found]) =>
        describe(problem, found),
      ),
    ];
  }
}

/** How many requests are shown for one problem; there is one of each operation that has it. */
const shown = 3;

function describe(problem: string, found: readonly Finding[]): string {
  const lines = found.slice(0, shown).map(({ name, request }) => `    [${name}] ${curl(request)}`);
  const more = found.slice(shown).map(({ name }) => name);
  return [problem, ...lines, ...(more.length > 0 ? [`    and ${more.join(", ")}`] : [])].join("\n");
}

function curl(request: FuzzRequest): string {
  const line = curlLine(request, "http://127.0.0.1:18083").replace("curl -i", "curl -i --path-as-is");
  return line.replace("/api/v5//", "/");
}

function logText(line: string): string {
  const { message, error } = JSON.parse(line) as { message: string; error?: { message?: string } };
  return `${message}: ${error?.message?.slice(0, 200)}`;
}

/** So that operations do not all get the same choices. */
const nameSeed = (name: string) => [...name].reduce((sum, it) => (sum * 31 + it.charCodeAt(0)) % 1_000, 0);
