import type { ApiKey } from "../records/api-key.ts";
import { rfc3339Seconds } from "../records/time.ts";
import type { KeyWithSecret } from "./manage-keys.ts";

/** An API key as the API shows it; never with its secret. */
export function keyView({ name, api_key, created_at, desc, enable, expired_at, role }: ApiKey) {
  return {
    ...{ name, api_key, desc, enable, role },
    created_at: rfc3339Seconds(created_at),
    expired: expired_at !== undefined && expired_at < Date.now() / 1000,
    expired_at: expired_at === undefined ? "infinity" : rfc3339Seconds(expired_at),
  };
}

/** A key that has just been made, with its secret. */
export function newKeyView({ key, secret }: KeyWithSecret) {
  return { ...keyView(key), api_secret: secret };
}

/** A key that has just got a new secret, and until when the one before is valid. */
export function rotatedKeyView({ key, secret }: KeyWithSecret) {
  const until = key.previous_valid_until ?? key.secret_created_at ?? 0;
  return { ...newKeyView({ key, secret }), previous_valid_until: rfc3339Seconds(until) };
}
