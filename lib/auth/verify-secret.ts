import { hash } from "node:crypto";
import { matchesHash } from "./secret-hash.ts";

/** Verifications remembered at most; each takes about 100 bytes. */
const memorySize = 1_000;

const verified = new Set<string>();

/** A hash that nothing matches, to spend on refusals without a slow hash the time of one. */
const decoy = `scrypt$${"00".repeat(16)}$${"00".repeat(32)}`;

/**
 * Whether a secret is the one behind one of these stored hashes, of which at most one is slow; none stand for an unknown
 * key. A refusal always takes as long as a slow hash. A success is remembered in this process under a digest of hash and
 * secret, so that the slow hash is paid once, while a changed or deleted key takes effect at once, because its hash is
 * read on each request.
 */
export async function verifySecret(secret: string, hashes: readonly string[]): Promise<boolean> {
  const memories = hashes.map((stored) => ({
    stored,
    memory: hash("sha256", `${stored} ${secret}`, "base64"),
  }));
  if (memories.some(({ memory }) => verified.has(memory))) return true;
  for (const { stored, memory } of memories) {
    if (!(await matchesHash(secret, stored))) continue;
    remember(memory);
    return true;
  }
  if (!hashes.some((stored) => stored.startsWith("scrypt$"))) await matchesHash(secret, decoy);
  return false;
}

function remember(memory: string): void {
  const [oldest] = verified;
  if (verified.size >= memorySize && oldest !== undefined) verified.delete(oldest);
  verified.add(memory);
}
