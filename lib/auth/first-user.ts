import type { DashboardUsers } from "../store/dashboard-users.ts";
import { hashSecret } from "./secret-hash.ts";

/**
 * Makes the first dashboard user, an administrator, unless a user of that name is there: a later change of the password
 * given here has no effect. [emqx_dashboard_admin]
 */
export async function ensureFirstUser(
  users: Pick<DashboardUsers, "get" | "add">,
  { username, password }: { username: string; password: string },
): Promise<void> {
  if (await users.get(username)) return;
  await users.add({
    username,
    description: "administrator",
    role: "administrator",
    password_hash: await hashSecret(password, { chosen: true }),
    generation: 1,
  });
}
