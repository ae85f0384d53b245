import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestApi, type TestRequest } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api.close());

const call = (method: string, path: string, body?: unknown, request: TestRequest = {}) =>
  api.call(method, `/api_key${path}`, { as: "administrator token", body, ...request });

/** The status that a key gets for reading the cluster. */
async function statusOf(api_key: string, secret: string): Promise<number> {
  const headers = { authorization: `Basic ${btoa(`${api_key}:${secret}`)}` };
  return (await api.call("GET", "/cluster", { as: null, headers })).status;
}

test("a key is made with a secret that is shown once, and works at once", async () => {
  const { status, json } = await call("POST", "", { name: "k1", desc: "d", enable: true, role: "viewer" });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    name: "k1",
    api_key: "a6f3d2dffa085236",
    desc: "d",
    enable: true,
    expired: false,
    expired_at: "infinity",
    role: "viewer",
  });
  expect(json.api_secret).toMatch(/^[A-Za-z0-9]{43}$/);
  expect(json.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
  expect(await statusOf(json.api_key, json.api_secret)).toBe(200);
  const { api_secret: _, ...shown } = json;
  expect((await call("GET", "/k1")).json).toEqual(shown);
  expect((await call("GET", "")).json).toContainEqual(shown);
});

test("the secret is not stored", async () => {
  const { json } = await call("POST", "", { name: "hidden", desc: "", enable: true });
  expect(JSON.stringify(await api.apiKeys.get(json.api_key))).not.toContain(json.api_secret);
});

test("disabling, expiring and deleting count on the next request", async () => {
  const { json } = await call("POST", "", { name: "short", desc: "", enable: true });
  const works = () => statusOf(json.api_key, json.api_secret);
  await call("PUT", "/short", { enable: false });
  expect(await works()).toBe(401);
  await call("PUT", "/short", { enable: true });
  expect(await works()).toBe(200);
  await call("PUT", "/short", { expired_at: 1 });
  expect(await works()).toBe(401);
  expect((await call("PUT", "/short", {})).json).toMatchObject({ expired_at: "infinity", enable: true });
  expect(await works()).toBe(200);
  expect((await call("DELETE", "/short")).status).toBe(204);
  expect(await works()).toBe(401);
});

test("a key is written back as it was read, whatever it says of having expired", async () => {
  await call("POST", "", { name: "back", desc: "", enable: true });
  const { json: read } = await call("GET", "/back");
  const { json } = await call("PUT", "/back", { ...read, expired: true });
  expect(json).toEqual(read);
  expect(await call("PUT", "/back", { expired: "soon" })).toMatchObject({ status: 400 });
});

test("a change without a role keeps the role", async () => {
  await call("POST", "", { name: "watcher", desc: "", enable: true, role: "viewer" });
  expect((await call("PUT", "/watcher", { desc: "q", name: "other", foo: 1 })).json).toMatchObject({
    name: "watcher",
    desc: "q",
    role: "viewer",
  });
});

test.each([
  ["2030-01-01T00:00:00+08:00", "2029-12-31T16:00:00+00:00"],
  ["2030-01-01 00:00:00.999Z", "2030-01-01T00:00:00+00:00"],
  [1_893_456_000, "2030-01-01T00:00:00+00:00"],
  ["1893456000", "2030-01-01T00:00:00+00:00"],
  ["infinity", "infinity"],
  [null, "infinity"],
])("expired_at %j is shown as %s", async (expired_at, shown) => {
  expect((await call("PUT", "/k1", { expired_at })).json.expired_at).toBe(shown);
});

test.each(["never", "2030-01-01", "", true, -1, 1.5, 253_402_214_401])(
  "expired_at %j is refused",
  async (given) => {
    const { status, json } = await call("PUT", "/k1", { expired_at: given });
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ path: "expired_at", reason: "matched_no_union_member" });
  },
);

describe("what is wrong with a new key", () => {
  const good = { desc: "", enable: true };
  test.each([
    ["no name", good, { path: "name", reason: "required_field" }],
    ["a bad name", { ...good, name: "1a" }, { reason: "Name should be ^[A-Za-z]+[A-Za-z0-9-_]*$" }],
    ["a name that ends in a line feed", { ...good, name: "a\n" }, { path: "name" }],
    ["a long name", { ...good, name: "a".repeat(257) }, { reason: "Name Length must =< 256" }],
    ["a bad role", { ...good, name: "a", role: "Viewer" }, { path: "role", reason: "Role does not exist" }],
    ["a bad switch", { ...good, name: "a", enable: 1 }, { path: "enable" }],
  ])("%s", async (_, body, failure) => {
    const { status, json } = await call("POST", "", body);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject(failure);
  });

  test("a name that is taken", async () => {
    expect((await call("POST", "", { ...good, name: "k1" })).json.message).toBe("name_already_existed");
  });

  test("a body that is no object, or no JSON", async () => {
    expect((await call("POST", "", [])).status).toBe(400);
    const headers = { "content-type": "text/plain" };
    expect((await call("POST", "", "x", { headers })).status).toBe(415);
  });
});

test.each(["GET", "PUT", "DELETE"])("%s of an unknown name is 404", async (method) => {
  const { status, json } = await call(method, "/unknown", method === "PUT" ? {} : undefined);
  expect([status, json.code, json.message]).toEqual([404, "NOT_FOUND", "Name NOT FOUND"]);
  expect((await call(method, "/1", method === "PUT" ? {} : undefined)).status).toBe(400);
});

describe("rotation", () => {
  test("the secret before stays valid for the grace period, a day by default", async () => {
    const { json: made } = await call("POST", "", { name: "turning", desc: "", enable: true });
    const { status, json } = await call("POST", "/turning/rotate", {});
    expect(status).toBe(200);
    expect(await statusOf(made.api_key, made.api_secret)).toBe(200);
    expect(await statusOf(made.api_key, json.api_secret)).toBe(200);
    const until = Date.parse(json.previous_valid_until) - Date.now();
    expect(until).toBeGreaterThan(86_000_000);
    expect((await call("GET", "/turning")).json).not.toHaveProperty("previous_valid_until");
  });

  test("with a grace period of 0 the secret before ends at once", async () => {
    const { json: made } = await call("POST", "", { name: "turned", desc: "", enable: true });
    const { json } = await call("POST", "/turned/rotate", { grace_period: 0 });
    expect(await statusOf(made.api_key, made.api_secret)).toBe(401);
    expect(await statusOf(made.api_key, json.api_secret)).toBe(200);
  });

  test("only the last secret before the rotation has a grace period", async () => {
    const { json: made } = await call("POST", "", { name: "twice", desc: "", enable: true });
    await call("POST", "/twice/rotate", {});
    await call("POST", "/twice/rotate", {});
    expect(await statusOf(made.api_key, made.api_secret)).toBe(401);
  });

  test("a key that a bootstrap file brought can be rotated too", async () => {
    await api.addKey({ role: "viewer", name: "from_bootstrap_file_x", api_key: "boot" });
    expect((await call("POST", "/from_bootstrap_file_x/rotate", {})).json.api_key).toBe("boot");
  });
});

test("a key's use is noted, at most once a minute", async () => {
  await api.addKey({ role: "viewer", name: "used", api_key: "used" });
  await statusOf("used", "secret");
  const noted = (await api.apiKeys.get("used"))?.last_used_at;
  expect(noted).toBeGreaterThan(Date.now() / 1000 - 10);
  expect((await call("GET", "/used")).json).not.toHaveProperty("last_used_at");
});

test("there are 100 keys at most, and the limit is told before a duplicate", async () => {
  for (let n = (await api.apiKeys.list()).length; n < 100; n += 1) {
    await api.addKey({ role: "viewer", name: `many-${n}`, api_key: `many-${n}` });
  }
  const { status, json } = await call("POST", "", { name: "k1", desc: "", enable: true });
  expect([status, json.message]).toEqual([400, '"Maximum number of ApiKeys reached."']);
});
