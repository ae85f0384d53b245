import type { CdkCustomResourceEvent, CdkCustomResourceResponse } from "aws-lambda";
import { readBootstrapFile } from "../../lib/auth/bootstrap-file.ts";
import { ensureFirstUser } from "../../lib/auth/first-user.ts";
import { loadBootstrap } from "../../lib/auth/load-bootstrap.ts";
import { work } from "../../lib/deps/work.ts";
import { log } from "../../lib/log.ts";
import { bootstrap } from "./worker.ts";

/**
 * Loads the keys of the deployment's secret: the text of a bootstrap file, or the one key that the deployment made.
 * A removed line leaves its key, and so does the removal of the deployment.
 */
export const handler = work(
  bootstrap,
  async (
    event: CdkCustomResourceEvent,
    { apiKeys, users, bootstrapSecret },
  ): Promise<CdkCustomResourceResponse> => {
    const PhysicalResourceId = "bootstrap";
    if (event.RequestType === "Delete") return { PhysicalResourceId };
    const { entries, badLines } = readBootstrapFile(fileOf(await bootstrapSecret.readKeys()));
    for (const bad of badLines) log("error", "a line of the bootstrap secret was skipped", { ...bad });
    await loadBootstrap(apiKeys, entries);
    const password = await bootstrapSecret.readPassword();
    await ensureFirstUser(users, { username: users.defaultName, password });
    log("info", "API keys loaded", { keys: entries.length, badLines: badLines.length });
    return { PhysicalResourceId, Data: { Keys: entries.length } };
  },
);

/** Secrets Manager makes a secret as JSON; what a person writes is a bootstrap file. */
function fileOf(secret: string): string {
  const json = parse(secret);
  if (typeof json !== "object" || json === null) return secret;
  const { api_key, api_secret } = json as Record<string, unknown>;
  if (typeof api_key !== "string" || typeof api_secret !== "string") {
    throw new Error("The bootstrap secret is JSON without the texts api_key and api_secret");
  }
  return `${api_key}:${api_secret}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
