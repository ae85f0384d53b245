import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import type { BootstrapEntry } from "../../../lib/auth/bootstrap-file.ts";
import { loadBootstrap } from "../../../lib/auth/load-bootstrap.ts";
import { hashSecret, matchesHash } from "../../../lib/auth/secret-hash.ts";
import type { ApiKey } from "../../../lib/records/api-key.ts";
import { ApiKeys } from "../../../lib/store/api-keys.ts";

let local: LocalDatabase;
let keys: ApiKeys;

beforeAll(async () => {
  local = await openLocalDatabase();
  keys = new ApiKeys(local.database);
});

afterAll(() => local.close());

const entry = (api_key: string, given: Partial<BootstrapEntry> = {}): BootstrapEntry => ({
  api_key,
  secret: "secret",
  role: "administrator",
  line: 1,
  ...given,
});

async function load(...entries: BootstrapEntry[]): Promise<void> {
  await loadBootstrap(keys, entries);
}

/** A key that must be there. */
async function keyOf(api_key: string): Promise<ApiKey> {
  const key = await keys.get(api_key);
  if (!key) throw new Error(`There is no key ${api_key}`);
  return key;
}

test("a new key is named after its digest, enabled, and never expires", async () => {
  const before = Math.floor(Date.now() / 1000);
  await load(entry("test-1", { role: "viewer" }));
  const key = await keyOf("test-1");
  expect(key).toEqual({
    name: "from_bootstrap_file_18926f94712af04e",
    api_key: "test-1",
    secret_hash: expect.stringMatching(/^scrypt\$/),
    role: "viewer",
    enable: true,
    created_at: expect.any(Number),
    desc: "Bootstrapped From File",
  });
  expect(key.created_at).toBeGreaterThanOrEqual(before);
  expect(await matchesHash("secret", key.secret_hash)).toBe(true);
});

test("an unchanged secret keeps its hash, so that who was verified stays so", async () => {
  await load(entry("same"));
  const { secret_hash } = await keyOf("same");
  await load(entry("same"));
  expect((await keyOf("same")).secret_hash).toBe(secret_hash);
});

test("secret and role follow the file", async () => {
  await load(entry("changed", { role: "publisher" }));
  const { secret_hash } = await keyOf("changed");
  await load(entry("changed", { secret: "new", role: "viewer" }));
  const key = await keyOf("changed");
  expect(key.role).toBe("viewer");
  expect(key.secret_hash).not.toBe(secret_hash);
  expect(await matchesHash("new", key.secret_hash)).toBe(true);
  expect(await matchesHash("secret", key.secret_hash)).toBe(false);
});

test("a role may change while the secret stays", async () => {
  await load(entry("role"));
  const { secret_hash } = await keyOf("role");
  await load(entry("role", { role: "viewer" }));
  expect(await keyOf("role")).toMatchObject({ role: "viewer", secret_hash });
});

test("a key that was made in another way, disabled or expired, is taken over", async () => {
  await keys.put({
    name: "by hand",
    api_key: "taken over",
    secret_hash: await hashSecret("other", { chosen: false }),
    role: "viewer",
    enable: false,
    expired_at: 1,
    created_at: 1,
    desc: "mine",
  });
  await load(entry("taken over"));
  const key = await keyOf("taken over");
  expect(key).toMatchObject({ role: "administrator", enable: true, desc: "Bootstrapped From File" });
  expect(key.name).toMatch(/^from_bootstrap_file_[0-9a-f]{16}$/);
  expect(key).not.toHaveProperty("expired_at");
  expect(await matchesHash("secret", key.secret_hash)).toBe(true);
});

test("a key whose line is gone stays", async () => {
  await load(entry("first"), entry("second"));
  await load(entry("second"));
  expect(await keys.get("first")).toMatchObject({ enable: true });
});

test("the secret itself is not in the table", async () => {
  await load(entry("hidden", { secret: "in-clear-text" }));
  expect(JSON.stringify(await keyOf("hidden"))).not.toContain("in-clear-text");
});
