import { hash } from "node:crypto";
import type { Role } from "../contract/roles.ts";

/** An API key as the access table holds it. Field names are EMQX's, where EMQX has them. Times are epoch seconds. */
export interface ApiKey {
  name: string;
  api_key: string;
  /** Salted hash, see `lib/auth/secret-hash.ts`; never the secret itself. */
  secret_hash: string;
  /** When the secret was made; absent in keys whose secret is as old as they are. */
  secret_created_at?: number;
  /** Hash of the secret before the last rotation, which is valid until then. */
  previous_secret_hash?: string;
  previous_valid_until?: number;
  role: Role;
  enable: boolean;
  /** Absent: never. */
  expired_at?: number;
  created_at: number;
  desc: string;
  /** Kept to the minute. */
  last_used_at?: number;
}

/** The `api_key` of a key that is made by its name. [emqx_mgmt_auth] */
export function apiKeyOf(name: string): string {
  return hash("sha512", name, "hex").slice(0, 16);
}

/** The name of a key that a bootstrap file brought. [emqx_mgmt_auth] */
export function bootstrapNameOf(api_key: string): string {
  return `from_bootstrap_file_${hash("sha512", api_key, "hex").slice(0, 16)}`;
}
