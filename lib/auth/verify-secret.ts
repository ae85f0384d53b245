import { hash } from "node:crypto";
import { matchesHash } from "./secret-hash.ts";

/** Verifications remembered at most; each takes about 100 bytes. */
const memorySize = 1_000;

const verified = new Set<string>();

/** A hash that nothing matches, to spend on unknown keys the time that known ones cost. */
const decoy = `scrypt$${"00".repeat(16)}$${"00".repeat(32)}`;

/**
 * Whether a secret is the one behind a stored hash; `undefined` stands for an unknown key. A refusal always takes as
 * long as a slow hash. A success is remembered in this process under a digest of hash and secret, so that the slow
 * hash is paid once, while a changed or deleted key takes effect at once, because its hash is read on each request.
 */
export async function verifySecret(secret: string, stored: string | undefined): Promise<boolean> {
  const memory = hash("sha256", `${stored} ${secret}`, "base64");
  if (verified.has(memory)) return true;
  const slow = stored?.startsWith("scrypt$") ?? false;
  const matches = stored !== undefined && (await matchesHash(secret, stored));
  if (!matches) {
    if (!slow) await matchesHash(secret, decoy);
    return false;
  }
  remember(memory);
  return true;
}

function remember(memory: string): void {
  const [oldest] = verified;
  if (verified.size >= memorySize && oldest !== undefined) verified.delete(oldest);
  verified.add(memory);
}
