import { randomBytes } from "node:crypto";
import type { Role } from "../contract/roles.ts";
import { type ApiKey, apiKeyOf } from "../records/api-key.ts";
import type { ApiKeys } from "../store/api-keys.ts";
import { hashSecret } from "./secret-hash.ts";

/** A key with its secret, which is not kept. */
export interface KeyWithSecret {
  key: ApiKey;
  secret: string;
}

export interface NewKey {
  name: string;
  desc: string;
  enable: boolean;
  /** Epoch seconds; `undefined`: never. */
  expired_at: number | undefined;
  role: Role;
}

/** What of a key may be changed; what is `undefined` stays as it is. */
export interface KeyChange {
  desc?: string | undefined;
  enable?: boolean | undefined;
  role?: Role | undefined;
  /** Epoch seconds. */
  expired_at?: number | "infinity" | undefined;
}

/** Why a key was not added, in EMQX's words. [emqx_mgmt_auth] */
export type KeyRefusal =
  | "Maximum number of ApiKeys reached."
  | "name_already_existed"
  | "api_key_already_existed";

/** How many keys there may be. [emqx_mgmt_auth] */
const mostKeys = 100;

/** Makes a key with a random secret and adds it to the table; returns why not, if it cannot. */
export async function addKey(
  apiKeys: Pick<ApiKeys, "list" | "add">,
  given: NewKey,
): Promise<KeyWithSecret | KeyRefusal> {
  const known = await apiKeys.list();
  if (known.length >= mostKeys) return "Maximum number of ApiKeys reached.";
  if (known.some(({ name }) => name === given.name)) return "name_already_existed";
  const made = await makeKey(given);
  return (await apiKeys.add(made.key)) ? made : "api_key_already_existed";
}

/** Changes a key of the table. Returns it as it is now, `undefined` if there is none of that name. */
export async function updateKey(
  apiKeys: Pick<ApiKeys, "getByName" | "replace">,
  name: string,
  change: KeyChange,
): Promise<ApiKey | undefined> {
  const made = await replaceKey(apiKeys, name, (key) => {
    const { expired_at: before, ...kept } = key;
    const { desc = key.desc, enable = key.enable, role = key.role, expired_at = before } = change;
    const end = expired_at === "infinity" ? undefined : expired_at;
    return { key: { ...kept, desc, enable, role, ...(end !== undefined && { expired_at: end }) } };
  });
  return made?.key;
}

/** Gives a key of the table a new secret, as `rotateKey` does. Returns `undefined` if there is none of that name. */
export async function renewSecret(
  apiKeys: Pick<ApiKeys, "getByName" | "replace">,
  name: string,
  grace: number,
): Promise<KeyWithSecret | undefined> {
  return replaceKey(apiKeys, name, (known) => rotateKey(known, grace));
}

/** Replaces a key by what `change` makes of it, as it is once nobody else changes it. `undefined` if there is none. */
async function replaceKey<Made extends { key: ApiKey }>(
  apiKeys: Pick<ApiKeys, "getByName" | "replace">,
  name: string,
  change: (known: ApiKey) => Made | Promise<Made>,
): Promise<Made | undefined> {
  for (;;) {
    const known = await apiKeys.getByName(name);
    if (!known) return undefined;
    const made = await change(known);
    if (await apiKeys.replace(made.key, known)) return made;
  }
}

/** Removes a key from the table. Returns it as it was, `undefined` if there is none of that name. */
export async function deleteKey(
  apiKeys: Pick<ApiKeys, "getByName" | "remove">,
  name: string,
): Promise<ApiKey | undefined> {
  const key = await apiKeys.getByName(name);
  return key && (await apiKeys.remove(key)) ? key : undefined;
}

/** Makes a key with a random secret. */
export async function makeKey({ expired_at, ...given }: NewKey): Promise<KeyWithSecret> {
  const secret = randomSecret();
  const key: ApiKey = {
    ...given,
    api_key: apiKeyOf(given.name),
    secret_hash: await hashSecret(secret, { chosen: false }),
    created_at: now(),
    ...(expired_at !== undefined && { expired_at }),
  };
  return { key, secret };
}

/** Gives a key a new secret. The one before stays valid for so many seconds. */
export async function rotateKey(key: ApiKey, grace: number): Promise<KeyWithSecret> {
  const secret = randomSecret();
  const { previous_secret_hash: _, previous_valid_until: __, ...rest } = key;
  const rotated: ApiKey = {
    ...rest,
    secret_hash: await hashSecret(secret, { chosen: false }),
    secret_created_at: now(),
    ...(grace > 0 && { previous_secret_hash: key.secret_hash, previous_valid_until: now() + grace }),
  };
  return { key: rotated, secret };
}

/** 256 random bits in letters and digits alone, so that a secret can be pasted anywhere. */
function randomSecret(): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  let number = BigInt(`0x${randomBytes(32).toString("hex")}`);
  let text = "";
  while (text.length < 43) {
    text += alphabet[Number(number % 62n)];
    number /= 62n;
  }
  return text;
}

const now = () => Math.floor(Date.now() / 1000);
