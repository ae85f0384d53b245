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
