import { afterAll, beforeAll, expect, test } from "vitest";
import { keyOwner } from "../../../lib/auth/key-owner.ts";
import { addKey, renewSecret, updateKey } from "../../../lib/auth/manage-keys.ts";
import { ApiKeys } from "../../../lib/store/api-keys.ts";
import { WorkerDeps } from "../../support/worker-deps.ts";

let deps: WorkerDeps;
let keys: ApiKeys;

beforeAll(async () => {
  deps = await WorkerDeps.open();
  keys = new ApiKeys(deps.local.database);
});
afterAll(() => deps.close());

const given = { desc: "", enable: true, expired_at: undefined, role: "viewer" } as const;

test("changes of a key at the same time all count", async () => {
  for (let n = 0; n < 10; n += 1) {
    const name = `key ${n}`;
    const made = await addKey(keys, { ...given, name });
    if (typeof made === "string") throw new Error(made);
    const [rotated] = await Promise.all([
      renewSecret(keys, name, 0),
      updateKey(keys, name, { enable: false }),
      updateKey(keys, name, { role: "administrator", expired_at: 4_000_000_000 }),
    ]);
    const { api_key } = made.key;
    expect(await keys.get(api_key)).toMatchObject({
      ...{ enable: false, role: "administrator", expired_at: 4_000_000_000 },
      secret_hash: rotated?.key.secret_hash,
    });
    await updateKey(keys, name, { enable: true });
    expect(await keyOwner(keys, { api_key, secret: made.secret })).toBeUndefined();
    expect(await keyOwner(keys, { api_key, secret: rotated?.secret ?? "" })).toMatchObject({ name });
  }
});

test("what is not there is not changed", async () => {
  expect(await updateKey(keys, "nobody", { enable: false })).toBeUndefined();
  expect(await renewSecret(keys, "nobody", 0)).toBeUndefined();
});
