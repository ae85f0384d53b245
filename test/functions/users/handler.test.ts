import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api.close());

const call = (method: string, path: string, body?: unknown, as: Caller = "administrator token") =>
  api.call(method, `/users${path}`, { as, body });

const newUser = (given: object) => ({ password: "passw0rd", description: "d", ...given });

test("users are made, listed, changed and deleted", async () => {
  const made = await call("POST", "", newUser({ username: "u1", role: "viewer" }));
  const shown = { username: "u1", description: "d", role: "viewer", backend: "local" };
  expect([made.status, made.json]).toEqual([200, shown]);
  expect((await call("GET", "")).json).toContainEqual(shown);
  expect((await call("PUT", "/u1", { description: "e" })).json).toEqual({ ...shown, description: "e" });
  expect((await call("DELETE", "/u1")).status).toBe(204);
  expect((await call("DELETE", "/u1")).json).toMatchObject({
    code: "USER_NOT_FOUND",
    message: "username_not_found",
  });
});

test.each([
  [{ username: "", password: "passw0rd" }, "Username or password undefined"],
  [
    { username: "a b" },
    "Bad Username. Only upper and lower case letters, numbers and underscores are supported",
  ],
  [{ username: "viewer_user" }, "username_already_exists"],
  [{ username: "u2", role: "publisher" }, "Role does not exist"],
  [{ username: "u2", password: "short1" }, "The range of password length is 8~64"],
  [{ username: "u2", password: "passwords" }, "Bad password. At least two"],
  [{ username: "u2", password: "passwörd1" }, "Only ascii characters are allowed in the password"],
])("%j is refused: %s", async (given, message) => {
  const { status, json } = await call("POST", "", newUser(given));
  expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
  expect(json.message).toContain(message);
});

test("a new password ends all tokens, and needs the old one", async () => {
  const token = await api.addUser({ role: "viewer", username: "changer" });
  const headers = { authorization: `Bearer ${token}` };
  const change = (old_pwd: string, new_pwd: string) =>
    api.call("POST", "/users/changer/change_pwd", { as: null, headers, body: { old_pwd, new_pwd } });
  expect((await change("wrong", "passw0rd2")).json.code).toBe("ERROR_PWD_NOT_MATCH");
  expect((await change("passw0rd", "short")).json.message).toContain("8~64");
  expect((await change("", "passw0rd2")).json.message).toBe("Old password or new password undefined");
  expect((await change("passw0rd", "passw0rd2")).status).toBe(204);
  expect((await change("passw0rd2", "passw0rd3")).json.code).toBe("BAD_TOKEN");
  const login = await api.call("POST", "/login", {
    as: null,
    body: { username: "changer", password: "passw0rd2" },
  });
  expect(login.status).toBe(200);
});

test("a viewer may change its own password and nobody else's; an administrator's key may change any", async () => {
  const body = { old_pwd: "passw0rd", new_pwd: "passw0rd9" };
  await api.addUser({ role: "viewer", username: "viewer" });
  expect((await call("POST", "/administrator_user/change_pwd", body, "viewer token")).status).toBe(403);
  expect((await call("POST", "/viewer/change_pwd", body, "viewer")).status).toBe(403);
  expect((await call("POST", "/viewer/change_pwd", body, "administrator")).status).toBe(204);
  expect((await call("POST", "/nobody/change_pwd", body)).json.message).toBe("User not found");
});

test("a new role ends all tokens, a new description does not", async () => {
  const token = await api.addUser({ role: "viewer", username: "promoted" });
  const status = async () =>
    (await api.call("GET", "/cluster", { as: null, headers: { authorization: `Bearer ${token}` } })).status;
  await call("PUT", "/promoted", { description: "x" });
  expect(await status()).toBe(200);
  await call("PUT", "/promoted", { description: "x", role: "administrator" });
  expect(await status()).toBe(401);
});

test("the first user, oneself and the last administrator stay", async () => {
  await api.addUser({ role: "viewer", username: "admin" });
  expect((await call("DELETE", "/admin")).json).toMatchObject({
    code: "NOT_ALLOWED",
    message: 'Cannot delete user <<"admin">>',
  });
  expect((await call("DELETE", "/administrator_user")).json.message).toBe("Cannot delete self");
  const other = await TestApi.start();
  const demote = { as: "administrator token", body: { description: "", role: "viewer" } } as const;
  expect((await other.call("PUT", "/users/administrator_user", demote)).json.code).toBe("NOT_ALLOWED");
  await other.close();
});

test("a name that is too long for its key is refused", async () => {
  const body = newUser({ username: "u".repeat(1_025) });
  expect((await call("POST", "", body)).status).toBe(400);
  expect((await call("POST", "", { ...body, username: "u".repeat(1_024) })).status).toBe(200);
});

test("changes of a user at the same time all count", async () => {
  await api.addUser({ role: "viewer", username: "changed" });
  const changes = [
    call("PUT", "/changed", { description: "new", role: "administrator" }),
    call("POST", "/changed/change_pwd", { old_pwd: "passw0rd", new_pwd: "passw0rd2" }),
  ];
  expect((await Promise.all(changes)).map(({ status }) => status)).toEqual([200, 204]);
  expect(await api.dashboardUsers.get("changed")).toMatchObject({ role: "administrator", generation: 3 });
});
