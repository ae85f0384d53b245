import type { ApiKey } from "../records/api-key.ts";
import type { ApiKeys } from "../store/api-keys.ts";
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
  const now = Math.floor(Date.now() / 1000);
  const key = await apiKeys.get(api_key);
  const right = (await verifySecret(secret, key?.secret_hash)) || (await isPrevious(key, secret, now));
  if (!key?.enable || !right || isOver(key, now, maxAge)) return undefined;
  if (now - (key.last_used_at ?? 0) >= noteInterval) await apiKeys.noteUse(key, now);
  return key;
}

async function isPrevious(key: ApiKey | undefined, secret: string, now: number): Promise<boolean> {
  if (!key?.previous_secret_hash || (key.previous_valid_until ?? 0) <= now) return false;
  return verifySecret(secret, key.previous_secret_hash);
}

function isOver({ expired_at, secret_created_at, created_at }: ApiKey, now: number, maxAge: number): boolean {
  if (expired_at !== undefined && expired_at < now) return true;
  return now - (secret_created_at ?? created_at) > maxAge;
}
