import { randomBytes } from "node:crypto";
import type { Role } from "../contract/roles.ts";
import { type ApiKey, apiKeyOf } from "../records/api-key.ts";
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
