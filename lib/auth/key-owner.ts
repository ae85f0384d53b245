import { log } from "../log.ts";
import type { ApiKey } from "../records/api-key.ts";
import type { ApiKeys } from "../store/api-keys.ts";
import { untilNextStep } from "./refusal-time.ts";
import { verifySecret } from "./verify-secret.ts";

/** A key's use is noted at most so often, in seconds. */
const noteInterval = 60;

/**
 * The key that a pair of key and secret belongs to, if it may be used now: it is enabled and has not expired, its
 * secret is right, and is not older than `maxAge` (seconds). Until a rotation's grace ends, the secret before counts.
 */
export async function keyOwner(
  apiKeys: ApiKeys,
  { api_key, secret }: { api_key: string; secret: string },
  maxAge = Number.POSITIVE_INFINITY,
): Promise<ApiKey | undefined> {
  const begin = performance.now();
  const now = Math.floor(Date.now() / 1000);
  const key = await apiKeys.get(api_key);
  if (!(await verifySecret(secret, key ? validHashes(key, now) : []))) {
    await untilNextStep(begin);
    return undefined;
  }
  if (!key?.enable || isOver(key, now, maxAge)) return undefined;
  if (now - (key.last_used_at ?? 0) >= noteInterval) await noteUse(apiKeys, key, now);
  return key;
}

/** A note that cannot be written is no reason to refuse anything. */
async function noteUse(apiKeys: Pick<ApiKeys, "noteUse">, key: ApiKey, now: number): Promise<void> {
  await apiKeys.noteUse(key, now).catch((error) => log("warn", "a key's use was not noted", { error }));
}

function validHashes(
  { secret_hash, previous_secret_hash, previous_valid_until = 0 }: ApiKey,
  now: number,
): string[] {
  const graced = previous_secret_hash !== undefined && previous_valid_until > now;
  return graced ? [secret_hash, previous_secret_hash] : [secret_hash];
}

function isOver({ expired_at, secret_created_at, created_at }: ApiKey, now: number, maxAge: number): boolean {
  if (expired_at !== undefined && expired_at < now) return true;
  return now - (secret_created_at ?? created_at) > maxAge;
}
