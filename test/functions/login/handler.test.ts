import { afterAll, beforeAll, expect, test } from "vitest";
import { checkToken, keepToken, tokenLifetime } from "../../../lib/auth/login-token.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api.close());

const login = (body: unknown) => api.call("POST", "/login", { as: null, body });
const bearer = (token: string) => ({ as: null, headers: { authorization: `Bearer ${token}` } });

test("name and password give a token that opens the API, with version and role", async () => {
  const { status, json } = await login({ username: "viewer_user", password: "passw0rd" });
  expect(status).toBe(200);
  expect(json).toEqual({
    token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    version: "5.8.9",
    license: { edition: "ce" },
    role: "viewer",
  });
  expect((await api.call("GET", "/cluster", bearer(json.token))).status).toBe(200);
  const { iss, exp } = JSON.parse(Buffer.from(json.token.split(".")[1], "base64url").toString());
  expect(iss).toBe("EMQX");
  expect(exp).toBeGreaterThan(Date.now());
});

test.each([
  ["an unknown user", { username: "nobody", password: "passw0rd" }],
  ["a wrong password", { username: "viewer_user", password: "wrong" }],
  ["empty texts", { username: "", password: "" }],
  ["numbers", { username: 1, password: 2 }],
])("%s fails like any other", async (_, body) => {
  const { status, json, headers } = await login(body);
  expect([status, json.code, json.message]).toEqual([401, "BAD_USERNAME_OR_PWD", "Auth failed"]);
  expect(headers.get("www-authenticate")).toBeNull();
});

test.each([
  [{}, "username"],
  [{ username: "x" }, "password"],
])("%j lacks %s", async (body, path) => {
  const { status, json } = await login(body);
  expect(status).toBe(400);
  expect(JSON.parse(json.message)).toMatchObject({ path, reason: "required_field" });
});

test("logout ends the token, and only its owner's name does", async () => {
  const { json } = await login({ username: "viewer_user", password: "passw0rd" });
  const logout = (username: string) =>
    api.call("POST", "/logout", { ...bearer(json.token), body: { username } });
  expect((await logout("administrator_user")).json).toMatchObject({
    code: "WRONG_TOKEN_OR_USERNAME",
    message: "Ensure your token & username",
  });
  expect((await logout("viewer_user")).status).toBe(204);
  expect((await logout("viewer_user")).json.code).toBe("BAD_TOKEN");
});

test("use keeps a token valid beyond its first end, and disuse does not", async () => {
  const users = api.dashboardUsers;
  const token = await api.addUser({ role: "viewer", username: "keeper" });
  const soon = Math.floor(Date.now() / 1000) + 100;
  await users.extendToken(token, soon, tokenLifetime);
  await keepToken(users, token, soon);
  expect((await users.getToken(token))?.valid_until).toBeGreaterThan(soon);
  await users.extendToken(token, 1, tokenLifetime);
  expect(await checkToken(users, token)).toEqual({ state: "expired" });
});

test("who fails too often from one address is refused there for a while, right password or not", async () => {
  await api.addUser({ role: "viewer", username: "guessed" });
  for (let n = 0; n < 10; n += 1) await api.deps.loginFailures.attempt("guessed", "127.0.0.1", 10);
  expect((await login({ username: "guessed", password: "passw0rd" })).status).toBe(401);
  expect(await api.deps.loginFailures.count("guessed", "203.0.113.7")).toBe(0);
  expect((await login({ username: "viewer_user", password: "passw0rd" })).status).toBe(200);
});

test("attempts at the same time count like those one after the other", async () => {
  await api.addUser({ role: "viewer", username: "rushed" });
  const wrong = Array.from({ length: 12 }, () => login({ username: "rushed", password: "wrong" }));
  expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual(Array(12).fill(401));
  expect(await api.deps.loginFailures.count("rushed", "127.0.0.1")).toBe(10);
  expect((await login({ username: "rushed", password: "passw0rd" })).status).toBe(401);
});

test("a login that succeeds counts for nothing", async () => {
  await api.addUser({ role: "viewer", username: "often" });
  for (let n = 0; n < 12; n += 1) {
    expect((await login({ username: "often", password: "passw0rd" })).status).toBe(200);
  }
});
