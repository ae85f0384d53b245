import { settings } from "./settings.ts";
import type { Target } from "./target.ts";

/** Removes what earlier runs left behind: keys, users, clients, bans, messages, metrics, rules; settings are defaults. */
export async function clean(target: Target): Promise<void> {
  await cleanAccess(target);
  await cleanBroker(target);
  for (const { clientid } of (await get(target, "/clients?fields=clientid&limit=10000")).data) {
    if (clientid.startsWith("compare")) await remove(target, `/clients/${encodeURIComponent(clientid)}`);
  }
}

async function cleanAccess(target: Target): Promise<void> {
  for (const { name } of await get(target, "/api_key")) {
    if (!name.startsWith("from_bootstrap_file_"))
      await remove(target, `/api_key/${encodeURIComponent(name)}`);
  }
  for (const { username } of await get(target, "/users")) {
    if (username !== target.address.username) await remove(target, `/users/${encodeURIComponent(username)}`);
  }
}

/** Sets the features of the broker back to how they are at first. */
export async function cleanBroker(target: Target): Promise<void> {
  await remove(target, "/banned");
  await remove(target, "/mqtt/retainer/messages");
  for (const { topic } of await get(target, "/mqtt/topic_metrics")) {
    await remove(target, `/mqtt/topic_metrics/${encodeURIComponent(topic)}`);
  }
  // Delayed messages are gone when they are switched off.
  await put(target, "/mqtt/delayed", { enable: false });
  for (const [path, body] of Object.entries(settings)) await put(target, path, body);
  await remove(target, "/slow_subscriptions");
}

const get = async (target: Target, path: string) =>
  (await target.call({ method: "GET", path, as: "token" })).json;

const remove = (target: Target, path: string) => target.call({ method: "DELETE", path, as: "token" });

async function put(target: Target, path: string, body: unknown): Promise<void> {
  const { status, text } = await target.call({ method: "PUT", path, as: "token", body });
  if (status !== 200) throw new Error(`${target.name}: PUT ${path} is answered with ${status}: ${text}`);
}
