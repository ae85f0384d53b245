import { hash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/**
 * Hashes of secrets, as text: `scheme$salt$hash`, in hex.
 *
 * A secret of 256 random bits needs no slow hash: `sha256`. A secret that a person chose does: `scrypt`.
 */
type Scheme = "sha256" | "scrypt";

const scryptAsync = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** OWASP's minimum for scrypt in memory of 16 MiB; about 30 ms. */
const scryptCost = { N: 2 ** 14, r: 8, p: 5, maxmem: 64 * 2 ** 20 };

/** Hashes a secret with a new salt. `chosen` tells whether a person chose it. */
export async function hashSecret(secret: string, { chosen }: { chosen: boolean }): Promise<string> {
  const scheme: Scheme = chosen ? "scrypt" : "sha256";
  const salt = randomBytes(16);
  return [scheme, salt.toString("hex"), (await digest(scheme, salt, secret)).toString("hex")].join("$");
}

/** Whether a secret is the one that was hashed. Compares in constant time. */
export async function matchesHash(secret: string, stored: string): Promise<boolean> {
  const [scheme, salt = "", expected = ""] = stored.split("$");
  if (scheme !== "sha256" && scheme !== "scrypt") throw new Error("A stored secret has an unknown scheme");
  const actual = await digest(scheme, Buffer.from(salt, "hex"), secret);
  return timingSafeEqual(actual, Buffer.from(expected, "hex"));
}

async function digest(scheme: Scheme, salt: Buffer, secret: string): Promise<Buffer> {
  if (scheme === "scrypt") return scryptAsync(secret, salt, 32, scryptCost);
  return hash("sha256", Buffer.concat([salt, Buffer.from(secret)]), "buffer");
}
