import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { putIf } from "../../../lib/store/conditional-put.ts";
import { loseAnswers, loseRequests } from "../../support/lost-answers.ts";
import { holdBack } from "../../support/seed.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  loseAnswers(api.local.client, /^(Put|Delete)Item/);
});
afterAll(() => api.close());

const as = "administrator token";
const call = (method: string, path: string, body?: unknown) => api.call(method, path, { as, body });

test("a put whose answer is lost counts as done", async () => {
  const { database } = api.local;
  const put = (value: unknown) =>
    putIf(database, {
      TableName: database.access,
      Item: { pk: "p", sk: "s", value },
      ConditionExpression: "attribute_not_exists(pk)",
    });
  expect(await put({ a: [1], b: undefined })).toBe(true);
  expect(await put({ a: [2] })).toBe(false);
});

test("a put of what is there already does not count, if no answer is lost", async () => {
  const other = await TestApi.start();
  const { client, access: TableName } = other.local.database;
  const put = { TableName, Item: { pk: "p", sk: "s" } };
  await client.send(new PutCommand(put));
  const again = putIf(other.local.database, { ...put, ConditionExpression: "attribute_not_exists(pk)" });
  expect(await again).toBe(false);
  await other.close();
});

test.each([
  ["/api_key", { name: "k1", desc: "", enable: true }, "/api_key/k1"],
  ["/users", { username: "u1", password: "passw0rd", description: "" }, "/users/u1"],
  ["/banned", { as: "clientid", who: "c1" }, "/banned/clientid/c1"],
  ["/banned", { as: "clientid_re", who: "^c1" }, "/banned/clientid_re/%5Ec1"],
  ["/mqtt/topic_metrics", { topic: "t1" }, "/mqtt/topic_metrics/t1"],
])(
  "what is created at %s is said to be created, and then removed, though answers are lost: %j",
  async (path, body, one) => {
    expect((await call("POST", path, body)).status).toBe(200);
    expect((await call("POST", path, body)).status).toBe(400);
    expect((await call("DELETE", one)).status).toBe(204);
    expect((await call("DELETE", one)).status).toBe(404);
  },
);

test("a delayed message is removed once", async () => {
  const { msgid } = await holdBack(api);
  const path = `/mqtt/delayed/messages/test%40127.0.0.1/${msgid}`;
  expect((await call("DELETE", path)).status).toBe(204);
  expect((await call("GET", "/mqtt/delayed/messages")).json.data).toEqual([]);
  expect((await call("DELETE", path)).status).toBe(404);
});

test("bans of patterns at the same time are each added and removed once, although answers are lost", async () => {
  const { bans } = api.deps;
  const patterns = Array.from({ length: 8 }, (_, n) => `^lost${n}$`);
  const add = (who: string) => bans.add({ as: "clientid_re", who, by: "", reason: "", at: 0 });
  expect(await Promise.all(patterns.map(add))).toEqual(patterns.map(() => undefined));
  const twice = await Promise.all([...patterns, ...patterns].map((who) => bans.remove("clientid_re", who)));
  expect(twice.filter((removed) => removed)).toHaveLength(patterns.length);
});

test("a ban that says the same as one that is there is not added, although requests are lost", async () => {
  const other = await TestApi.start();
  loseRequests(other.local.client, /^PutItem/);
  const add = () => other.deps.bans.add({ as: "clientid", who: "same", by: "", reason: "", at: 0 });
  expect([await add(), await add()]).toEqual([
    undefined,
    { as: "clientid", who: "same", by: "", reason: "", at: 0 },
  ]);
  await other.close();
});
