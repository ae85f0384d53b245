import type { ApiKey } from "../../lib/records/api-key.ts";
import { rfc3339Seconds } from "../../lib/records/time.ts";

/** An API key as the API shows it. */
export function keyView({ name, api_key, created_at, desc, enable, expired_at, role }: ApiKey) {
  return {
    ...{ name, api_key, desc, enable, role },
    created_at: rfc3339Seconds(created_at),
    expired: expired_at !== undefined && expired_at < Date.now() / 1000,
    expired_at: expired_at === undefined ? "infinity" : rfc3339Seconds(expired_at),
  };
}
