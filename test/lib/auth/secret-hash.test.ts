import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { hashSecret, matchesHash } from "../../../lib/auth/secret-hash.ts";

describe.each([
  ["chosen by a person", true, "scrypt"],
  ["made of random bytes", false, "sha256"],
] as const)("a secret %s", (_, chosen, scheme) => {
  test(`is hashed with ${scheme} and a salt of 16 bytes`, async () => {
    expect(await hashSecret("secret", { chosen })).toMatch(
      new RegExp(`^${scheme}\\$[0-9a-f]{32}\\$[0-9a-f]{64}$`),
    );
  });

  test("matches its hash, and no other secret does", async () => {
    const stored = await hashSecret("secret", { chosen });
    expect(await matchesHash("secret", stored)).toBe(true);
    for (const other of ["Secret", "secret ", "", "secre"])
      expect(await matchesHash(other, stored)).toBe(false);
  });

  test("has another hash each time", async () => {
    expect(await hashSecret("secret", { chosen })).not.toBe(await hashSecret("secret", { chosen }));
  });

  test("may be any text", async () => {
    for (const secret of ["", "тайна", "$:$", "x".repeat(10_000)]) {
      expect(await matchesHash(secret, await hashSecret(secret, { chosen }))).toBe(true);
    }
  });
});

test("the fast hash is SHA-256 over salt and secret, so that keys made elsewhere can be stored", async () => {
  const salt = "00".repeat(16);
  const digest = hash("sha256", Buffer.concat([Buffer.from(salt, "hex"), Buffer.from("secret")]), "hex");
  expect(await matchesHash("secret", `sha256$${salt}$${digest}`)).toBe(true);
});

test("a hash of an unknown scheme is our own fault, and not shown", async () => {
  await expect(matchesHash("secret", "md5$00$00")).rejects.toThrow("A stored secret has an unknown scheme");
});
