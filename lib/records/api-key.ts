import type { Role } from "../contract/roles.ts";

/** An API key as the access table holds it. Field names are EMQX's. */
export interface ApiKey {
  name: string;
  api_key: string;
  /** Salted hash, see `lib/auth/secret-hash.ts`; never the secret itself. */
  secret_hash: string;
  role: Role;
  enable: boolean;
  /** Epoch seconds; absent: never. */
  expired_at?: number;
  /** Epoch seconds. */
  created_at: number;
  desc: string;
}
