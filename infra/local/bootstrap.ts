import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBootstrapFile } from "../../lib/auth/bootstrap-file.ts";
import { ensureFirstUser } from "../../lib/auth/first-user.ts";
import { loadBootstrap } from "../../lib/auth/load-bootstrap.ts";
import { log } from "../../lib/log.ts";
import type { ApiKeys } from "../../lib/store/api-keys.ts";
import type { DashboardUsers } from "../../lib/store/dashboard-users.ts";

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
    const quoted = `'${path.replaceAll("'", `'\\''`)}'`;
    return administrator && `-u "$(sed -n ${administrator.line}p ${quoted} | cut -d: -f1,2)"`;
  } catch (error) {
    log("error", "the bootstrap file could not be loaded", { file: path, error });
    return undefined;
  }
}

/**
 * Makes the first dashboard user, unless it is there. Without a password for it, a random one is written to a file in
 * the data folder, for its owner's eyes only. Returns that file, if there is one.
 */
export async function bootstrapUser(
  users: DashboardUsers,
  dataFolder: string,
  password: string | undefined,
): Promise<string | undefined> {
  const username = users.defaultName;
  if (password) {
    await ensureFirstUser(users, { username, password });
    return undefined;
  }
  const path = join(dataFolder, `${username}-password`);
  if (!(await users.get(username))) {
    await secretFile(path, () => randomText());
    await ensureFirstUser(users, { username, password: (await readFile(path, "utf8")).trim() });
  }
  return existsSync(path) ? path : undefined;
}

function generatedFile(dataFolder: string): Promise<string> {
  const path = join(dataFolder, "administrator-key");
  return secretFile(path, () => `${randomBytes(8).toString("hex")}:${randomText()}`);
}

/** Writes a file for its owner's eyes only, unless it is there. */
async function secretFile(path: string, make: () => string): Promise<string> {
  if (!existsSync(path)) await writeFile(path, `${make()}\n`, { mode: 0o600, flag: "wx" });
  return path;
}

const randomText = () => randomBytes(32).toString("base64url");
