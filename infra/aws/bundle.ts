import { join } from "node:path";
import { buildSync } from "esbuild";

const root = new URL("../..", import.meta.url).pathname;

/** Where the bundles are, one folder each. */
const output = join(root, "dist", "functions");

/**
 * Bundles the handlers of the given resources, SDK included, and returns the folder of each. CommonJS without dynamic
 * imports loads fastest: as ES modules, `node:http` alone costs 40 ms.
 */
export function bundleFunctions(names: readonly string[]): (name: string) => string {
  buildSync({
    entryPoints: Object.fromEntries(
      names.map((name) => [join(name, "index"), join(root, "functions", name, "handler.ts")]),
    ),
    outdir: output,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    supported: { "dynamic-import": false },
    mainFields: ["module", "main"],
    logLevel: "warning",
  });
  return (name) => join(output, name);
}
