import { randomBytes } from "node:crypto";
import { log } from "../log.ts";
import type { DashboardUser } from "../records/dashboard-user.ts";
import type { DashboardUsers } from "../store/dashboard-users.ts";

/** How long a token is valid after its last use, in seconds. EMQX's default `dashboard.token_expired_time`. */
export const tokenLifetime = 3_600;

/** The end of a token is moved at most so often, in seconds. */
const extensionInterval = 60;

export type TokenCheck =
  | { state: "valid"; user: DashboardUser; valid_until: number }
  | { state: "expired" }
  | { state: "unknown" };

/**
 * Makes a token. It looks like EMQX's JSON Web Token, whose `exp` (epoch milliseconds) clients may read; what makes it
 * valid is that it is known, so its signature is random text.
 */
export async function issueToken(
  users: DashboardUsers,
  { username, generation }: DashboardUser,
): Promise<string> {
  const valid_until = now() + tokenLifetime;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = part({ alg: "HS256", typ: "JWT" });
  const token = `${header}.${part({ iss: "EMQX", exp: valid_until * 1000 })}.${randomBytes(32).toString("base64url")}`;
  await users.addToken(token, { username, generation, valid_until }, tokenLifetime);
  return token;
}

/** Finds out whose token it is, and whether it is valid now. */
export async function checkToken(users: DashboardUsers, token: string): Promise<TokenCheck> {
  const record = await users.getToken(token);
  const user = record && (await users.get(record.username));
  if (!user || user.generation !== record.generation) return { state: "unknown" };
  return record.valid_until < now()
    ? { state: "expired" }
    : { state: "valid", user, valid_until: record.valid_until };
}

/** Keeps a token valid that was used; `known` is until when it was. Otherwise it ends then, and nothing fails now. */
export async function keepToken(users: DashboardUsers, token: string, known: number): Promise<void> {
  const valid_until = now() + tokenLifetime;
  if (valid_until - known < extensionInterval) return;
  await users
    .extendToken(token, valid_until, tokenLifetime)
    .catch((error) => log("warn", "a token was not kept valid for longer", { error }));
}

const now = () => Math.floor(Date.now() / 1000);
