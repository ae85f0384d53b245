import type { Comparison } from "../comparison.ts";

/** The life of dashboard users, their passwords and tokens. */
export async function users({ ask, each, same }: Comparison): Promise<void> {
  const as = "token";
  const username = "compare_user";
  await ask("GET /users", { as });
  await ask("POST /users", { as, body: { username, password: "passw0rd", description: "first" } });
  await ask("POST /users", { as, body: { username, password: "passw0rd", description: "first" } });
  await ask("GET /users", { as });
  for (const password of [
    "",
    "short1",
    "onlyletters",
    "12345678",
    "x".repeat(64) + 1,
    "pass word1",
    "pässw0rd1",
  ]) {
    await ask("POST /users", { as, body: { username: "compare_bad", password, description: "" } });
  }
  for (const name of ["", "a", "_a", "0a", "a-b", "a b", "ü", "x".repeat(100), "x".repeat(101)]) {
    await ask("POST /users", { as, body: { username: name, password: "passw0rd", description: "" } });
    if (name !== "") await ask(`DELETE /users/${encodeURIComponent(name)}`, { as });
  }
  const logins = await ask("POST /login", { as: "nobody", body: { username, password: "passw0rd" } });
  await ask("POST /login", { as: "nobody", body: { username, password: "wrong" } });
  await ask("POST /login", { as: "nobody", body: { username: "compare_nobody", password: "wrong" } });
  await ask("POST /login", { as: "nobody", body: { username } });
  await ask(`PUT /users/${username}`, { as, body: { description: "changed" } });
  await ask("PUT /users/compare_nobody", { as, body: { description: "changed" } });
  await ask(`POST /users/${username}/change_pwd`, { as, body: { old_pwd: "wrong", new_pwd: "passw0rd2" } });
  await ask(`POST /users/${username}/change_pwd`, { as, body: { old_pwd: "passw0rd", new_pwd: "short" } });
  await ask(`POST /users/${username}/change_pwd`, { as, body: { old_pwd: "passw0rd", new_pwd: "passw0rd" } });
  await ask(`POST /users/${username}/change_pwd`, {
    as,
    body: { old_pwd: "passw0rd", new_pwd: "passw0rd2" },
  });
  await ask("POST /login", { as: "nobody", body: { username, password: "passw0rd" } });
  const before = await each((target, side) =>
    target.call({
      method: "GET",
      path: "/nodes",
      as: { authorization: `Bearer ${logins[side].json.token}` },
    }),
  );
  same("what a token is worth after a change of password", {
    reference: before.reference.status,
    ours: before.ours.status,
  });
  await ask("POST /logout", { as, body: { username } });
  await ask("DELETE /users/admin", { as });
  await ask(`DELETE /users/${username}`, { as });
  await ask(`DELETE /users/${username}`, { as });
}
