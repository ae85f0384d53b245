import type { Role } from "../contract/roles.ts";

/** Roles of dashboard users. */
export type UserRole = Exclude<Role, "publisher">;

/** A dashboard user as the access table holds it. Field names are EMQX's. */
export interface DashboardUser {
  username: string;
  /** Salted hash, see `lib/auth/secret-hash.ts`. */
  password_hash: string;
  description: string;
  role: UserRole;
  /** Tokens of other generations are void; a new password or role begins a new one. */
  generation: number;
}

/** A login token as the access table holds it, under the hash of its text. Times are epoch seconds. */
export interface LoginToken {
  username: string;
  generation: number;
  /** Until when it is valid; moved on by use. */
  valid_until: number;
}
