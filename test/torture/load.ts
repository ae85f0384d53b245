import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Target } from "../compare/target.ts";
import { Program, temporaryFolder } from "../support/program.ts";
import { type BenchOptions, type BenchResult, timer } from "./bench.ts";
import { Callers } from "./load/callers.ts";
import { LoadClients } from "./load/clients.ts";
import { Inspector } from "./load/inspector.ts";
import { type Sample, Sampler } from "./load/samples.ts";
import { slopeOf } from "./load/slope.ts";
import { Random } from "./random.ts";

/** Share of the time in which the limit is found, at most so many seconds. */
const limitSeconds = (seconds: number) => Math.min(15, seconds * 0.15);

/** Share of what can be answered that is asked for. */
const share = 0.8;

/** Pause between samples, in milliseconds. */
const samplePause = 5_000;

/** Memory is flat if it grows by less than this in the second half: bytes per minute. */
const flatSlope = 1_000_000;

/** Seconds after which growth can be told from what comes and goes. */
const leastSeconds = 180;

/** How many files may be open at the end more than before: the database opens one now and then. */
const fileTolerance = 12;

/** How long connections may take to end when nobody uses them any more. */
const restSeconds = 15;

const key = "load:load-secret-0123456789";
const username = "admin";

/**
 * Clients and callers use the started program near the limit of what it can do. No answer may be a failure or one that
 * is not declared; its memory stays flat; and when all have left, it holds no more sockets than before.
 */
export async function load({ seed, seconds }: BenchOptions): Promise<BenchResult> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "keys"), `${key}:administrator\n`);
  const program = await Program.startWith(
    ["--inspect=127.0.0.1:0"],
    join(folder, "data"),
    ...["--bootstrap-file", join(folder, "keys")],
  );
  const inspector = await Inspector.open(program.errors);
  const sampler = new Sampler(program.child.pid ?? 0, inspector);
  const password = (await readFile(join(folder, "data", `${username}-password`), "utf8")).trim();
  const base = new URL(program.address("http:")).origin;
  const mqtt = program.address("mqtt:");
  const target = await Target.open({ ...{ name: "load", base, mqtt, key, username, password } });
  const clients = new LoadClients(mqtt, new Random(seed));
  const callers = new Callers(target, { ...clients, node: "emqx@127.0.0.1" }, new Random(seed + 1));
  const atStart = await sampler.take();
  const isOver = timer(seconds);
  await clients.settle();
  const running = clients.run(isOver);
  const limit = await callers.atLimit(limitSeconds(seconds));
  callers.latencies.clear();
  await Promise.all([callers.atRate(limit * share, isOver), sampler.follow(samplePause, isOver), running]);
  await clients.leave();
  const atEnd = await atRest(sampler, atStart);
  // A process does not end while somebody inspects it.
  inspector.close();
  const exit = await program.interrupt();
  const problems = [
    ...[...callers.failures, ...clients.failures].map(([text, count]) => `${count} times: ${text}`),
    ...(exit === 0 ? [] : [`the program ended with ${exit}`]),
    ...errorsOf(program.output),
    ...leftBehind(atStart, atEnd),
    ...(seconds < leastSeconds ? [] : growth(sampler.samples)),
  ];
  return {
    name: "load",
    lines: linesOf({ limit, callers, clients, atStart, atEnd, sampler }),
    failures: problems,
  };
}

/** What is held when all have left: callers' connections that are kept alive end a few seconds later. */
async function atRest(sampler: Sampler, atStart: Sample): Promise<Sample> {
  const isOver = timer(restSeconds);
  for (;;) {
    const sample = await sampler.take();
    if (isOver() || leftBehind(atStart, sample).length === 0) return sample;
    await sleep(500);
  }
}

/** What the program says was wrong. */
function errorsOf(output: string): string[] {
  const errors = output.split("\n").filter((line) => line.includes('"level":"error"'));
  return errors.length === 0 ? [] : [`${errors.length} errors in the log, the first: ${errors[0]}`];
}

function leftBehind(before: Sample, after: Sample): string[] {
  const found: string[] = [];
  const left = (what: "files" | "sockets" | "handles", tolerance: number) => {
    const more = after[what] - before[what];
    if (more > tolerance) found.push(`${more} more ${what} are open than before`);
  };
  left("sockets", 4);
  left("handles", 4);
  left("files", fileTolerance);
  return found;
}

/** So many samples make one: the least of them, without what a call under way needs for itself. */
const together = 6;

/** The second half of the samples, in which everything is as large as it gets: what is held between calls. */
function heldInSecondHalf(
  samples: readonly Sample[],
  what: "heap" | "buffers" | "resident",
): [number, number][] {
  const half = samples.slice(Math.floor(samples.length / 2));
  const groups = Map.groupBy(half, ({ at }) => Math.floor(half.findIndex((it) => it.at === at) / together));
  return [...groups.values()].map((group) => [
    (group[0]?.at ?? 0) / 60,
    Math.min(...group.map((sample) => sample[what])),
  ]);
}

const slopePerMinute = (samples: readonly Sample[], what: "heap" | "buffers" | "resident") =>
  slopeOf(heldInSecondHalf(samples, what));

function growth(samples: readonly Sample[]): string[] {
  return (["heap", "buffers"] as const).flatMap((what) => {
    const slope = slopePerMinute(samples, what);
    return slope < flatSlope ? [] : [`${what} grows by ${megabytes(slope)} a minute`];
  });
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(2)} MB`;

interface Run {
  limit: number;
  callers: Callers;
  clients: LoadClients;
  atStart: Sample;
  atEnd: Sample;
  sampler: Sampler;
}

function linesOf({ limit, callers, clients, atStart, atEnd, sampler }: Run): string[] {
  const { samples } = sampler;
  const quantile = (q: number) => milliseconds(quantileOf([...callers.latencies.values()].flat(), q));
  const statuses = [...callers.statuses].sort().map(([status, count]) => `${status} ${count}`);
  const some = samples.filter((_, n) => n % Math.ceil(samples.length / 20) === 0);
  return [
    `limit ${limit.toFixed(0)} calls a second, then ${(limit * share).toFixed(0)}; ${callers.calls} calls: ${statuses.join(", ")}`,
    `latency: median ${quantile(0.5)}, 99 % ${quantile(0.99)}`,
    `slowest: ${slowest(callers.latencies)}`,
    `${clients.connects} connects, ${clients.refused} refused; ${clients.published} messages published, ${clients.received} received`,
    ...[atStart, ...some, atEnd].map(sampleLine),
    `a minute of the second half: heap ${megabytes(slopePerMinute(samples, "heap"))}, buffers ${megabytes(slopePerMinute(samples, "buffers"))}, resident ${megabytes(slopePerMinute(samples, "resident"))}`,
  ];
}

/** The operations that take longest, with their medians in the first and in the last third of the time. */
function slowest(latencies: ReadonlyMap<string, number[]>): string {
  const medians = [...latencies].map(([name, all]) => {
    const third = Math.ceil(all.length / 3);
    return { name, first: quantileOf(all.slice(0, third), 0.5), last: quantileOf(all.slice(-third), 0.5) };
  });
  medians.sort((a, b) => b.last - a.last);
  return medians
    .slice(0, 5)
    .map(({ name, first, last }) => `${name} ${milliseconds(first)}, then ${milliseconds(last)}`)
    .join("; ");
}

function quantileOf(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * q)] ?? 0;
}

const milliseconds = (value: number) => `${value.toFixed(1)} ms`;

const sampleLine = ({ at, heap, buffers, resident, files, sockets, handles }: Sample) =>
  `${at.toFixed(0).padStart(4)} s: heap ${megabytes(heap)}, buffers ${megabytes(buffers)}, resident ${megabytes(resident)}, ${files} files of which ${sockets} sockets, ${handles} handles`;
