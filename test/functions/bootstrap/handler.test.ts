import type { CdkCustomResourceEvent } from "aws-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { handler } from "../../../functions/bootstrap/handler.ts";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { ApiKeys } from "../../../lib/store/api-keys.ts";
import { DashboardUsers } from "../../../lib/store/dashboard-users.ts";

let local: LocalDatabase;
let apiKeys: ApiKeys;
let users: DashboardUsers;

beforeAll(async () => {
  local = await openLocalDatabase();
  apiKeys = new ApiKeys(local.database);
  users = new DashboardUsers(local.database);
});
afterAll(() => local.close());

const deploy = (secret: string, RequestType = "Create") =>
  handler.with({
    apiKeys,
    users,
    bootstrapSecret: { readKeys: async () => secret, readPassword: async () => "passw0rd of admin" },
  })({
    RequestType,
  } as CdkCustomResourceEvent);

test("the key that the deployment made becomes an administrator", async () => {
  expect(await deploy('{"api_key":"administrator","api_secret":"x"}')).toMatchObject({ Data: { Keys: 1 } });
  expect(await apiKeys.get("administrator")).toMatchObject({ role: "administrator", enable: true });
});

test("a secret may be a bootstrap file, whose good lines count", async () => {
  expect(await deploy("a:b:viewer\nbad\nc:d")).toMatchObject({ Data: { Keys: 2 } });
  expect(await apiKeys.get("a")).toMatchObject({ role: "viewer" });
});

test("an unchanged secret keeps its stored hash at the next deployment", async () => {
  const before = await apiKeys.get("a");
  await deploy("a:b:viewer", "Update");
  expect((await apiKeys.get("a"))?.secret_hash).toBe(before?.secret_hash);
});

test("the secret of a file is as old as it is, and its last use stays known, over deployments", async () => {
  const before = await apiKeys.get("a");
  if (!before) throw new Error("not there");
  await apiKeys.put({ ...before, secret_created_at: 1_000, last_used_at: 2_000 });
  await deploy("a:b:viewer", "Update");
  const unchanged = { secret_created_at: 1_000, last_used_at: 2_000 };
  expect(await apiKeys.get("a")).toMatchObject(unchanged);
  await deploy("a:b:viewer", "Update");
  expect(await apiKeys.get("a")).toMatchObject(unchanged);
  await deploy("a:other:viewer", "Update");
  expect(await apiKeys.get("a")).not.toHaveProperty("secret_created_at");
  await deploy("a:b:viewer", "Update");
});

test.each(['{"username":"ops","password":"a secret"}', '{"api_key":"a"}', "[]"])(
  "a secret that is other JSON fails without a word of it, and loads nothing: %#",
  async (secret) => {
    const before = await apiKeys.list();
    const failure = await deploy(secret).catch((error: unknown) => error);
    expect(String(failure)).toContain("api_key and api_secret");
    expect(String(failure)).not.toContain("a secret");
    expect(await apiKeys.list()).toEqual(before);
  },
);

test("keys stay when the deployment goes", async () => {
  await deploy("", "Delete");
  expect(await apiKeys.get("a")).toBeDefined();
});

test("the first dashboard user is made once, and keeps the password that it has since", async () => {
  const before = await users.get("admin");
  expect(before).toMatchObject({ role: "administrator" });
  await deploy("a:b:viewer", "Update");
  expect((await users.get("admin"))?.password_hash).toBe(before?.password_hash);
});
