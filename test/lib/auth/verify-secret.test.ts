import * as crypto from "node:crypto";
import { beforeEach, expect, test, vi } from "vitest";
import { hashSecret } from "../../../lib/auth/secret-hash.ts";
import { verifySecret } from "../../../lib/auth/verify-secret.ts";

vi.mock("node:crypto", async (original) => {
  const actual = await original<typeof crypto>();
  return { ...actual, scrypt: vi.fn(actual.scrypt) };
});

/** How many slow hashes were computed. */
const slowHashes = () => vi.mocked(crypto.scrypt).mock.calls.length;

const chosen = (secret: string) => hashSecret(secret, { chosen: true });
const random = (secret: string) => hashSecret(secret, { chosen: false });

beforeEach(() => void vi.mocked(crypto.scrypt).mockClear());

test("a right secret is right, by either hash", async () => {
  expect(await verifySecret("s", [await chosen("s")])).toBe(true);
  expect(await verifySecret("s", [await random("s")])).toBe(true);
});

test.each([
  ["of a chosen secret", chosen],
  ["of a random secret", random],
  ["of a key that is unknown", async () => []],
  ["during the grace of a rotation", async (secret: string) => [await random(secret), await chosen(secret)]],
])("a refusal costs one slow hash, also %s", async (_, hashOf) => {
  const stored = [await hashOf("s")].flat();
  const before = slowHashes();
  expect(await verifySecret("wrong", stored)).toBe(false);
  expect(await verifySecret("wrong", stored)).toBe(false);
  expect(slowHashes() - before).toBe(2);
});

test("the secret before a rotation costs nothing but its own hash", async () => {
  const hashes = [await random("new"), await random("old")];
  const before = slowHashes();
  expect(await verifySecret("old", hashes)).toBe(true);
  expect(slowHashes() - before).toBe(0);
});

test("nothing is the secret of an unknown key", async () => {
  for (const secret of ["", "undefined", "decoy"]) expect(await verifySecret(secret, [])).toBe(false);
});

test("a success is remembered, so that the slow hash is paid once", async () => {
  const stored = await chosen("s");
  const before = slowHashes();
  for (let n = 0; n < 3; n++) expect(await verifySecret("s", [stored])).toBe(true);
  expect(slowHashes() - before).toBe(1);
});

test("a remembered success counts for that secret and that hash only", async () => {
  const [first, second] = [await chosen("s"), await chosen("other")];
  expect(await verifySecret("s", [first])).toBe(true);
  expect(await verifySecret("s ", [first])).toBe(false);
  expect(await verifySecret("s", [second])).toBe(false);
  expect(await verifySecret("s", [])).toBe(false);
});

test("the oldest of a thousand successes is forgotten, and verified anew", async () => {
  const oldest = await chosen("oldest");
  expect(await verifySecret("oldest", [oldest])).toBe(true);
  for (let n = 0; n < 1_000; n++) expect(await verifySecret("s", [await random("s")])).toBe(true);
  const before = slowHashes();
  expect(await verifySecret("oldest", [oldest])).toBe(true);
  expect(slowHashes() - before).toBe(1);
});
