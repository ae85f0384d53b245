/**
 * Tells where the time of CPU profiles went: the functions that took most of it themselves, and the packages.
 *
 *     npx node test/bench/profile.ts <file.cpuprofile> [number of lines, default 40]
 */
import { readFileSync } from "node:fs";
import { table } from "./table.ts";

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

const [file = "", lines = "40"] = process.argv.slice(2);
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
const nodeOf = new Map(nodes.map((node) => [node.id, node.callFrame]));
const byFunction = new Map<string, number>();
const byPackage = new Map<string, number>();
let total = 0;
for (const [n, id] of samples.entries()) {
  const frame = nodeOf.get(id);
  const microseconds = timeDeltas[n] ?? 0;
  if (!frame || frame.functionName === "(idle)") continue;
  total += microseconds;
  const place = frame.url
    .replace(/^.*\/node_modules\//, "")
    .replace(/^file:\/\/.*?\/(?=(lib|functions|infra)\/)/, "");
  add(byFunction, `${frame.functionName || "(anonymous)"} ${place}:${frame.lineNumber + 1}`, microseconds);
  add(byPackage, place ? packageOf(place) : frame.functionName, microseconds);
}

function add(sums: Map<string, number>, name: string, microseconds: number): void {
  sums.set(name, (sums.get(name) ?? 0) + microseconds);
}

function packageOf(place: string): string {
  if (place.startsWith("node:")) return place;
  return place.split("/").slice(0, 2).join("/");
}

const shares = (sums: Map<string, number>) =>
  [...sums]
    .sort(([, a], [, b]) => b - a)
    .slice(0, Number(lines))
    .map(([name, microseconds]) => [`${((100 * microseconds) / total).toFixed(1)} %`, name]);
process.stdout.write(
  `${table(["self", "where"], shares(byPackage))}\n\n${table(["self", "function"], shares(byFunction))}\n`,
);
