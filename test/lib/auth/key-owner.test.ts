import { afterAll, beforeAll, expect, test } from "vitest";
import { keyOwner } from "../../../lib/auth/key-owner.ts";
import { makeKey, rotateKey } from "../../../lib/auth/manage-keys.ts";
import { ApiKeys } from "../../../lib/store/api-keys.ts";
import { captureLog } from "../../support/captured-log.ts";
import { WorkerDeps } from "../../support/worker-deps.ts";

let deps: WorkerDeps;
let keys: ApiKeys;

beforeAll(async () => {
  deps = await WorkerDeps.open();
  keys = new ApiKeys(deps.local.database);
});
afterAll(() => deps.close());

const day = 86_400;
const now = () => Math.floor(Date.now() / 1000);
const given = { desc: "", enable: true, expired_at: undefined, role: "viewer" } as const;

test("a secret older than the forced maximum age is not accepted, until it is rotated", async () => {
  const { key, secret } = await makeKey({ ...given, name: "old" });
  await keys.add({ ...key, created_at: now() - 91 * day });
  const { api_key } = key;
  expect(await keyOwner(keys, { api_key, secret })).toBeDefined();
  expect(await keyOwner(keys, { api_key, secret }, 90 * day)).toBeUndefined();
  const rotated = await rotateKey({ ...key, created_at: now() - 91 * day }, 0);
  await keys.replace(rotated.key, key);
  expect(await keyOwner(keys, { api_key, secret: rotated.secret }, 90 * day)).toBeDefined();
});

test("the secret before a rotation ends with its grace period", async () => {
  const { key, secret } = await makeKey({ ...given, name: "graced" });
  const { key: rotated } = await rotateKey(key, day);
  await keys.add(rotated);
  expect(await keyOwner(keys, { api_key: key.api_key, secret })).toBeDefined();
  await keys.replace({ ...rotated, previous_valid_until: now() - 1 }, rotated);
  expect(await keyOwner(keys, { api_key: key.api_key, secret })).toBeUndefined();
});

test("a key is valid to the second of its expiry", async () => {
  const { key, secret } = await makeKey({ ...given, name: "ending", expired_at: now() + day });
  await keys.add(key);
  expect(await keyOwner(keys, { api_key: key.api_key, secret })).toBeDefined();
  await keys.replace({ ...key, expired_at: now() - 1 }, key);
  expect(await keyOwner(keys, { api_key: key.api_key, secret })).toBeUndefined();
});

test("a key may be used although its use cannot be noted", async () => {
  const log = captureLog();
  const { key, secret } = await makeKey({ ...given, name: "unnoted" });
  await keys.add(key);
  const broken = Object.assign(new ApiKeys(deps.local.database), {
    noteUse: () => Promise.reject(new Error("slow down")),
  });
  expect(await keyOwner(broken, { api_key: key.api_key, secret })).toMatchObject({ name: "unnoted" });
  expect(log.entries()).toMatchObject([{ level: "warn", error: { message: "slow down" } }]);
});
