import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import type { Need } from "../../lib/contract/needs.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Where the bundles are, one folder each. */
const output = join(root, "dist", "functions");

/**
 * How all bundles are made. CommonJS without dynamic imports loads fastest: as ES modules, `node:http` alone costs
 * 40 ms.
 */
export const bundleOptions = {
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  format: "cjs",
  supported: { "dynamic-import": false },
  mainFields: ["module", "main"] as string[],
  logLevel: "warning",
} as const satisfies BuildOptions;

/** A function to bundle, by the name of its folder. */
export interface Bundled {
  readonly name: string;
  readonly needs: readonly Need[];
  /** Files of packages that it reads. */
  readonly files?: readonly string[] | undefined;
}

/** Bundles handlers, with as much of the SDK as they need, and returns the folder of each. */
export function bundleFunctions(functions: readonly Bundled[]): (name: string) => string {
  const byParts = Map.groupBy(functions, ({ needs }) => JSON.stringify(partsOf(needs)));
  for (const [define, group] of byParts) build(group, JSON.parse(define));
  for (const { name, files = [] } of functions) {
    for (const file of files) copyBeside(name, file);
  }
  return (name) => join(output, name);
}

function copyBeside(name: string, file: string): void {
  const folder = join(output, name, "files");
  mkdirSync(folder, { recursive: true });
  copyFileSync(createRequire(import.meta.url).resolve(file), join(folder, basename(file)));
}

/** Which clients and packages beside DynamoDB's a function's bundle holds; see `lib/deps/aws.ts`. */
function partsOf(needs: readonly Need[]): Record<string, string> {
  const parts = {
    BUNDLE_BANS: needs.some((need) => need.startsWith("bans:")),
    BUNDLE_BROKER: needs.some((need) => need.startsWith("broker:")),
    BUNDLE_DEAD_LETTERS: needs.includes("dead-letters"),
    BUNDLE_DELAY_QUEUE: needs.includes("delayed:hold") || needs.includes("delayed:plan"),
    BUNDLE_FLEET: needs.includes("fleet"),
    BUNDLE_SECRETS: needs.includes("bootstrap-secret"),
  };
  return Object.fromEntries(
    Object.entries(parts).map(([name, held]) => [`process.env.${name}`, held ? '"yes"' : '"no"']),
  );
}

function build(functions: readonly Bundled[], define: Record<string, string>): void {
  buildSync({
    ...bundleOptions,
    entryPoints: Object.fromEntries(
      functions.map(({ name }) => [join(name, "index"), join(root, "functions", name, "handler.ts")]),
    ),
    outdir: output,
    outExtension: { ".js": ".cjs" },
    define,
    logOverride: { "empty-import-meta": "silent" },
    alias: { "@aws-sdk/credential-provider-node": join(root, "lib", "deps", "lambda-credentials.ts") },
  });
}
