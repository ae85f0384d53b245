import { type ApiKey, bootstrapNameOf } from "../records/api-key.ts";
import type { ApiKeys } from "../store/api-keys.ts";
import type { BootstrapEntry } from "./bootstrap-file.ts";
import { hashSecret, matchesHash } from "./secret-hash.ts";

/**
 * Brings the entries of a bootstrap file into the key store. A file entry is declarative: secret, role, `enable` and
 * expiry of an existing key are set anew; an unchanged secret keeps its hash. [emqx_mgmt_auth]
 */
export async function loadBootstrap(
  keys: Pick<ApiKeys, "get" | "put">,
  entries: readonly BootstrapEntry[],
): Promise<void> {
  await Promise.all(
    entries.map(async (entry) => keys.put(await toApiKey(entry, await keys.get(entry.api_key)))),
  );
}

async function toApiKey(
  { api_key, secret, role }: BootstrapEntry,
  known: ApiKey | undefined,
): Promise<ApiKey> {
  const unchanged = known !== undefined && (await matchesHash(secret, known.secret_hash));
  const { secret_created_at = known?.created_at, last_used_at } = known ?? {};
  return {
    name: bootstrapNameOf(api_key),
    api_key,
    secret_hash: unchanged ? known.secret_hash : await hashSecret(secret, { chosen: true }),
    role,
    enable: true,
    created_at: Math.floor(Date.now() / 1000),
    desc: "Bootstrapped From File",
    // The key is as new as this load, as in EMQX; its secret is as old as it is.
    ...(unchanged && secret_created_at !== undefined && { secret_created_at }),
    ...(last_used_at !== undefined && { last_used_at }),
  };
}
