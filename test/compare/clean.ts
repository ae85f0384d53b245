import type { Target } from "./target.ts";

/** Removes what earlier runs left behind: keys, users, bans, retained and delayed messages, rules. */
export async function clean(target: Target): Promise<void> {
  const keys = await target.call({ method: "GET", path: "/api_key", as: "token" });
  for (const { name } of keys.json) {
    if (!name.startsWith("from_bootstrap_file_"))
      await remove(target, `/api_key/${encodeURIComponent(name)}`);
  }
  const users = await target.call({ method: "GET", path: "/users", as: "token" });
  for (const { username } of users.json) {
    if (username !== target.address.username) await remove(target, `/users/${encodeURIComponent(username)}`);
  }
}

const remove = (target: Target, path: string) => target.call({ method: "DELETE", path, as: "token" });
