import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBootstrapFile } from "../../lib/auth/bootstrap-file.ts";
import { loadBootstrap } from "../../lib/auth/load-bootstrap.ts";
import { log } from "../../lib/log.ts";
import type { ApiKeys } from "../../lib/store/api-keys.ts";

/** How to call the API with a key of the file, as arguments of curl that hold no secret. */
export type CurlCredentials = string | undefined;

/**
 * Brings the API keys of a bootstrap file into the table. Without a file, one is made in the data folder with an
 * administrator key of random text, for its owner's eyes only. A file that cannot be read does not stop the start.
 */
export async function bootstrapKeys(
  apiKeys: ApiKeys,
  dataFolder: string,
  file: string | undefined,
): Promise<CurlCredentials> {
  const path = file ?? (await generatedFile(dataFolder));
  try {
    const { entries, badLines } = readBootstrapFile(await readFile(path, "utf8"));
    for (const bad of badLines)
      log("error", "a line of the bootstrap file was skipped", { file: path, ...bad });
    await loadBootstrap(apiKeys, entries);
    const administrator = entries.find(({ role }) => role === "administrator");
    return administrator && `-u "$(sed -n ${administrator.line}p '${path}' | cut -d: -f1,2)"`;
  } catch (error) {
    log("error", "the bootstrap file could not be loaded", { file: path, error });
    return undefined;
  }
}

async function generatedFile(dataFolder: string): Promise<string> {
  const path = join(dataFolder, "administrator-key");
  if (!existsSync(path)) {
    const key = `${randomBytes(8).toString("hex")}:${randomBytes(32).toString("base64url")}`;
    await writeFile(path, `${key}\n`, { mode: 0o600, flag: "wx" });
  }
  return path;
}
