import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import * as resources from "../../functions/index.ts";
import * as workers from "../../functions/workers.ts";
import { bundleFunctions, bundleOptions } from "../../infra/aws/bundle.ts";
import { needsOf, type Resource } from "../../lib/contract/resource.ts";
import type { Worker } from "../../lib/contract/worker.ts";
import { median, table } from "./table.ts";

/** Processes started for each bundle; they take turns, so that a busy moment hits all. */
const rounds = 15;

/** A handler that reads one item, the least that a function of ours could be. */
const bareHandler = `
  import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
  const client = new DynamoDBClient({});
  export const handler = () => client.send(new GetItemCommand({ TableName: "t", Key: { pk: { S: "x" } } }));
`;

/** Milliseconds to load a module in a new process, measured inside it. */
function loadTime(file: string): number {
  const script = `
    globalThis.awslambda = { streamifyResponse: (handler) => handler };
    const begin = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - begin);`;
  return Number(execFileSync(process.execPath, ["--eval", script], { encoding: "utf8" }));
}

/** Size and load time of every function's bundle, beside a bare handler with the DynamoDB client. */
export async function coldStart(): Promise<string> {
  const all = [
    ...Object.values<Resource>(resources).map((it) => ({ name: it.name, needs: needsOf(it) })),
    ...Object.values<Worker>(workers),
  ];
  const bundleOf = bundleFunctions(all);
  const bare = join(await mkdtemp(join(tmpdir(), "fleetgate-bench-")), "bare.cjs");
  buildSync({
    ...bundleOptions,
    stdin: { contents: bareHandler, resolveDir: import.meta.dirname },
    outfile: bare,
  });
  const files = [
    ["a bare handler", bare] as const,
    ...all.map(({ name }) => [name, join(bundleOf(name), "index.cjs")] as const),
  ];
  const times = new Map<string, number[]>(files.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, file] of files) times.get(name)?.push(loadTime(file));
  }
  const base = median(times.get("a bare handler") ?? []);
  const rows = files.map(([name, file]) => {
    const time = median(times.get(name) ?? []);
    return [name, Math.round(statSync(file).size / 1024), time.toFixed(1), (time / base).toFixed(2)];
  });
  return `## Load time of the bundles, median of ${rounds} processes\n\n${table(["function", "kB", "ms", "ratio"], rows)}`;
}
