import { afterAll, beforeAll, expect, test } from "vitest";
import { rawRequest } from "../../support/raw-request.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;
let start: number;

beforeAll(async () => {
  api = await TestApi.start();
  start = Date.now();
  const as = "administrator token";
  const user = { username: "u1", password: "passw0rd1", description: "", role: "viewer" };
  await api.call("POST", "/users", { as, body: user });
  await api.call("POST", "/users/u1/change_pwd", {
    as,
    body: { old_pwd: "wrong-secret", new_pwd: "passw0rd2" },
  });
  await api.call("DELETE", "/clients/no%2Fclient", { headers: { cookie: "session=hidden" } });
  await api.call("DELETE", "/clients/c", { as: "viewer" });
  await api.call("DELETE", "/clients/c", { as: null, headers: { authorization: "Basic bm86bm8=" } });
  await api.call("POST", "/publish", { body: { topic: "t", payload: "x" } });
  await api.call("GET", "/cluster");
});
afterAll(() => api.close());

const list = async (query = "") => (await api.call("GET", `/audit?${query}`)).json;

test("calls that may change something are kept, with who, what, from where and what came of it", async () => {
  const { data, meta } = await list();
  expect(meta).toEqual({ page: 1, limit: 100, hasnext: false, count: 5 });
  expect(
    data.map((it: Record<string, unknown>) => [it.operation_id, it.http_status_code, it.source, it.from]),
  ).toEqual([
    ["/users", 200, "administrator_user", "dashboard"],
    ["/users/:username/change_pwd", 400, "administrator_user", "dashboard"],
    ["/clients/:clientid", 404, "administrator", "rest_api"],
    ["/clients/:clientid", 403, "viewer", "rest_api"],
    ["/clients/:clientid", 401, "", "rest_api"],
  ]);
  expect(data[2]).toMatchObject({
    operation_type: "clients",
    operation_result: "failure",
    http_method: "delete",
    source_ip: "127.0.0.1",
    http_request: { method: "delete", bindings: { clientid: "no/client" }, body: "" },
    failure: { code: "CLIENTID_NOT_FOUND", message: "Client ID not found" },
    args: "",
  });
  expect(data[0]).toMatchObject({ failure: "", operation_result: "success" });
  expect(data[0].created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  expect(data[0].request_id).toMatch(/^[\w-]{36}$/);
});

test("no secret is kept", async () => {
  const text = JSON.stringify(await list());
  for (const secret of ["passw0rd1", "passw0rd2", "wrong-secret", "session=hidden", "bm86bm8="]) {
    expect(text).not.toContain(secret);
  }
  expect(text).toContain("******");
});

test.each([
  ["source=viewer", 1],
  ["from=dashboard", 2],
  ["operation_type=clients&http_status_code=404", 1],
  ["operation_result=success", 1],
  ["http_method=post", 2],
  ["operation_id=/users/:username/change_pwd", 1],
  ["source_ip=203.0.113.1", 0],
  ["gte_duration_ms=600000", 0],
  ["node=other@node", 0],
])("the filter %s leaves %i", async (query, count) => {
  expect((await list(query)).meta.count).toBe(count);
});

test("a time range may be in milliseconds, microseconds or RFC 3339", async () => {
  for (const from of [start, start * 1_000, new Date(start).toISOString()]) {
    expect((await list(`gte_created_at=${from}`)).meta.count).toBe(5);
    expect((await list(`lte_created_at=${from}`)).meta.count).toBe(0);
  }
});

test("a range that ends before it begins holds nothing", async () => {
  const { data, meta } = await list(
    "gte_created_at=2026-01-02T00:00:00Z&lte_created_at=2026-01-01T00:00:00Z",
  );
  expect([data, meta.count]).toEqual([[], 0]);
});

test("pages follow each other", async () => {
  const pages = [await list("limit=2&page=1"), await list("limit=2&page=2"), await list("limit=2&page=3")];
  expect(pages.map(({ meta }) => meta.hasnext)).toEqual([true, true, false]);
  expect(pages.flatMap(({ data }) => data)).toEqual((await list()).data);
});

test("a call whose record cannot be written is answered all the same", async () => {
  const add = () => Promise.reject(new Error("no table"));
  const broken = await TestApi.start({ audit: Object.assign(Object.create(api.deps.audit), { add }) });
  expect((await broken.call("DELETE", "/clients/c")).status).toBe(404);
  await broken.close();
});

test.each(["__proto__", "constructor", "toString"])("a header named %s hides no call", async (name) => {
  const asked = rawRequest(api.base, "/api/v5/clients/hidden", {
    method: "DELETE",
    headers: { authorization: api.authorization("administrator"), ...Object.fromEntries([[name, "1"]]) },
  });
  const { headers, status } = await asked;
  expect(status).toBe(404);
  const { data } = await list(`limit=10000&gte_created_at=${start}`);
  const found = data.find((it: { request_id: string }) => it.request_id === headers["x-amzn-requestid"]);
  expect(Object.entries(found.http_request.headers)).toContainEqual([name.toLowerCase(), "1"]);
});

test("a login is of the user who was named", async () => {
  await api.call("POST", "/login", { as: null, body: { username: "tried", password: "wrong-secret" } });
  const { data } = await list("source=tried");
  expect(data).toMatchObject([{ operation_id: "/login", http_status_code: 401, from: "dashboard" }]);
});

test("a call with a key is of its api_key", async () => {
  const as = "administrator token";
  const { json: key } = await api.call("POST", "/api_key", { as, body: { name: "named" } });
  const authorization = `Basic ${Buffer.from(`${key.api_key}:${key.api_secret}`).toString("base64")}`;
  await api.call("DELETE", "/clients/c", { as: null, headers: { authorization } });
  expect((await list(`source=${key.api_key}`)).meta.count).toBe(1);
});
