import { createHmac } from "node:crypto";
import { issueToken } from "../../../lib/auth/login-token.ts";
import { hashSecret } from "../../../lib/auth/secret-hash.ts";
import type { ApiKey } from "../../../lib/records/api-key.ts";
import type { TestApi } from "../../support/test-api.ts";

/** Credentials that are right, or were, or look like it. */
export interface Subjects {
  /** Key and secret of keys that are valid. */
  keys: [key: string, secret: string][];
  /** The same of keys that are not valid any more, or not yet again. */
  lostKeys: [key: string, secret: string][];
  tokens: string[];
  /** Tokens that were valid once. */
  lostTokens: string[];
}

const hour = 3_600;

/** Makes keys and tokens of all kinds. */
export async function makeSubjects(api: TestApi): Promise<Subjects> {
  const now = Math.floor(Date.now() / 1_000);
  const add = async (name: string, given: Partial<ApiKey> = {}): Promise<[string, string]> => {
    const secret = `${name}-Secret-0123456789`;
    await api.addKey({ role: "administrator", name, api_key: name, secret, ...given });
    return [name, secret];
  };
  const chosen = await hashSecret("Chosen-Secret-1", { chosen: true });
  await add("chosen", { secret_hash: chosen });
  const old = await hashSecret("Old-Secret-1", { chosen: false });
  await add("rotated", { previous_secret_hash: old, previous_valid_until: now - 1 });
  const removed = await add("removed");
  const removedKey = await api.apiKeys.get("removed");
  if (removedKey) await api.apiKeys.remove(removedKey);
  return {
    keys: [await add("aa"), await add("AA"), await add("ab"), ["chosen", "Chosen-Secret-1"]],
    lostKeys: [
      await add("disabled", { enable: false }),
      await add("expired", { expired_at: now - 1 }),
      await add("long-expired", { expired_at: 0 }),
      ["rotated", "Old-Secret-1"],
      removed,
    ],
    tokens: [
      await api.addUser({ role: "administrator", username: "first" }),
      await api.addUser({ role: "viewer", username: "second" }),
    ],
    lostTokens: await lostTokens(api, now),
  };
}

async function lostTokens(api: TestApi, now: number): Promise<string[]> {
  const users = api.dashboardUsers;
  const loggedOut = await api.addUser({ role: "administrator", username: "logged_out" });
  await users.removeToken(loggedOut);
  const changed = await api.addUser({ role: "administrator", username: "changed" });
  const user = await users.get("changed");
  if (user) await users.replace({ ...user, generation: user.generation + 1 }, user);
  const deleted = await api.addUser({ role: "administrator", username: "deleted" });
  await users.remove("deleted");
  const expired = await api.addUser({ role: "administrator", username: "expired" });
  await users.addToken(expired, { username: "expired", generation: 1, valid_until: now - 1 }, hour);
  const forged = user && (await issueToken(users, { ...user, generation: user.generation + 7 }));
  return [loggedOut, changed, deleted, expired, ...(forged ? [forged] : [])];
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

const payloads = [
  { iss: "EMQX", exp: 9_999_999_999_999 },
  { iss: "EMQX", exp: 9_999_999_999_999, username: "first", role: "administrator", sub: "first" },
  { iss: "EMQX" },
];

const headers = [
  { alg: "none", typ: "JWT" },
  { alg: "None" },
  { alg: "HS256", typ: "JWT" },
  { alg: "HS256", typ: "JWT", kid: "../../dev/null" },
  { alg: "RS256", typ: "JWT", jwk: { kty: "oct", k: "" } },
];

const secrets = ["", "secret", "emqx", "public", "0", "first"];

/** Tokens that somebody made who knows how JSON Web Tokens are attacked; `real` is one that is valid. */
export function forgedTokens(real: string): string[] {
  const [head = "", payload = "", signature = ""] = real.split(".");
  const made: string[] = [
    `${head}.${payload}.`,
    `${head}.${payload}`,
    `.${payload}.${signature}`,
    `..${signature}`,
    signature,
  ];
  for (const other of headers) {
    made.push(`${part(other)}.${payload}.${signature}`, `${part(other)}.${payload}.`);
    for (const claims of payloads) {
      const signed = `${part(other)}.${part(claims)}`;
      made.push(`${signed}.`, `${signed}.${signature}`, `${head}.${part(claims)}.${signature}`);
      for (const secret of secrets) {
        made.push(`${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`);
      }
    }
  }
  return made;
}
