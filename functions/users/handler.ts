import { passwordProblem } from "../../lib/auth/password-rules.ts";
import { hashSecret } from "../../lib/auth/secret-hash.ts";
import { verifySecret } from "../../lib/auth/verify-secret.ts";
import { serve } from "../../lib/http/serve.ts";
import type { DashboardUser, UserRole } from "../../lib/records/dashboard-user.ts";
import { type DashboardUsers, maxNameBytes } from "../../lib/store/dashboard-users.ts";
import { users as resource } from "./contract.ts";

const unknown = [404, "USER_NOT_FOUND", "username_not_found"] as const;
const badRole = [400, "BAD_REQUEST", "Role does not exist"] as const;

export const handler = serve(resource, {
  async listUsers(_, { users }) {
    return (await users.list()).map(view);
  },

  async createUser({ body, fail }, { users }) {
    const { username, password, description, role = "administrator" } = body;
    if (!isUserRole(role)) return fail(...badRole);
    if (username === "" || password === "") {
      return fail(400, "BAD_REQUEST", "Username or password undefined");
    }
    if (!/^\w*$/.test(username)) {
      const rule = "Only upper and lower case letters, numbers and underscores are supported";
      return fail(400, "BAD_REQUEST", `Bad Username. ${rule}`);
    }
    if (username.length > maxNameBytes) {
      return fail(400, "BAD_REQUEST", `Bad Username. It has ${maxNameBytes} characters at most`);
    }
    const problem = passwordProblem(password);
    if (problem) return fail(400, "BAD_REQUEST", problem);
    const password_hash = await hashSecret(password, { chosen: true });
    const user: DashboardUser = { username, description, role, password_hash, generation: 1 };
    if (!(await users.add(user))) return fail(400, "BAD_REQUEST", "username_already_exists");
    return view(user);
  },

  async updateUser({ params: { username }, body, fail }, { users }) {
    for (;;) {
      const user = await users.get(username);
      if (!user) return fail(...unknown);
      // EMQX makes an administrator of who is changed without a role; we leave the role as it is.
      const { description, role = user.role } = body;
      if (!isUserRole(role)) return fail(...badRole);
      if (role !== "administrator" && (await isLastAdministrator(users, user))) {
        return fail(400, "NOT_ALLOWED", "Cannot demote the last administrator");
      }
      const generation = role === user.role ? user.generation : user.generation + 1;
      const changed = { ...user, description, role, generation };
      if (await users.replace(changed, user)) return view(changed);
    }
  },

  async deleteUser({ params: { username }, caller, fail }, { users }) {
    if (username === users.defaultName)
      return fail(400, "NOT_ALLOWED", `Cannot delete user <<"${username}">>`);
    if (caller?.kind === "token" && caller.name === username) {
      return fail(400, "NOT_ALLOWED", "Cannot delete self");
    }
    if (!(await users.get(username))) return fail(...unknown);
    await users.remove(username);
  },

  async changePassword({ params: { username }, body: { old_pwd, new_pwd }, fail }, { users }) {
    if (old_pwd === "" || new_pwd === "") {
      return fail(400, "BAD_REQUEST", "Old password or new password undefined");
    }
    for (;;) {
      const user = await users.get(username);
      if (!user) return fail(404, "USER_NOT_FOUND", "User not found");
      if (!(await verifySecret(old_pwd, [user.password_hash]))) {
        return fail(400, "ERROR_PWD_NOT_MATCH", "Old password not match");
      }
      const problem = passwordProblem(new_pwd);
      if (problem) return fail(400, "BAD_REQUEST", problem);
      const password_hash = await hashSecret(new_pwd, { chosen: true });
      const changed = { ...user, password_hash, generation: user.generation + 1 };
      if (await users.replace(changed, user)) return undefined;
    }
  },
});

function view({ username, description, role }: DashboardUser) {
  return { username, description, role, backend: "local" } as const;
}

const isUserRole = (role: string): role is UserRole => role === "administrator" || role === "viewer";

async function isLastAdministrator(users: Pick<DashboardUsers, "list">, { username, role }: DashboardUser) {
  if (role !== "administrator") return false;
  const all = await users.list();
  return !all.some((other) => other.role === "administrator" && other.username !== username);
}
