import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const contents = new Map<string, string>();

/**
 * The text of a file of a package, by the package's name and the path in it. A resource names such files in its
 * contract; the bundler puts them beside the bundle.
 */
export function readPackageFile(file: string): string {
  const known = contents.get(file);
  if (known !== undefined) return known;
  const content = readFileSync(pathOf(file), "utf8");
  contents.set(file, content);
  return content;
}

/** A bundle, being CommonJS, has no `import.meta`. */
function pathOf(file: string): string {
  if (!import.meta.url) return join(__dirname, "files", basename(file));
  return createRequire(import.meta.url).resolve(file);
}
