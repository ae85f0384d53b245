import { readFileSync, writeFileSync } from "node:fs";
import * as resources from "../../functions/index.ts";
import type { Resource } from "../../lib/contract/resource.ts";
import { whereItWorks } from "../../lib/contract/where-it-works.ts";

const begin = "<!-- what works: npm run readme -->\n";
const end = "\n<!-- what works: end -->";

/** The README with its table of what works made anew from the contracts. */
export function withTable(readme: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error("The README lost the marks of its table of what works");
  return (
    readme.slice(0, from + begin.length) + whereItWorks(Object.values<Resource>(resources)) + readme.slice(to)
  );
}

if (import.meta.main) {
  const file = new URL("../../README.md", import.meta.url);
  writeFileSync(file, withTable(readFileSync(file, "utf8")));
}
