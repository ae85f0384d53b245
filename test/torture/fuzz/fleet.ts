import type { Target } from "../../compare/target.ts";
import type { Program } from "../../support/program.ts";

/** MQTT clients that are connected while requests are made. */
export const fleetClients = ["fleet-1", "fleet/2", "fleet 3%2F", "fleet-ü-4", "constructor"];

/** Names of keys and users that are there. */
export const fleetNames = ["fleet_key", "fleet_user"];

/**
 * Fills the lists: clients with subscriptions and messages that wait, retained and delayed messages, bans, keys, users
 * and topics that are counted. What is still there stays.
 */
export async function settle(target: Target): Promise<void> {
  // A ban of this address, or rules that change topics, would be in the way of all that follows.
  await call(target, "DELETE", "/banned");
  await call(target, "PUT", "/mqtt/topic_rewrite", []);
  await call(target, "PUT", "/mqtt/auto_subscribe", []);
  await call(target, "PUT", "/mqtt/retainer", { enable: true, max_payload_size: "1MB" });
  await call(target, "PUT", "/mqtt/delayed", { enable: true, max_delayed_messages: 0 });
  await target.close();
  for (const [n, id] of fleetClients.entries()) {
    const client = await target.connect(id, { protocolVersion: n % 2 === 0 ? 4 : 5, username: `user-${n}` });
    await client.subscribeAsync([`fleet/${n}/+`, "fleet/t", "$share/g/fleet/#"], { qos: 1 });
    await client.publishAsync(`kept/${n}`, "kept", { retain: true, qos: 1 });
  }
  const sleeper = await target.connect("fleet-sleeper", { clean: false });
  await sleeper.subscribeAsync("fleet/t", { qos: 1 });
  await sleeper.endAsync();
  await call(target, "POST", "/publish", { topic: "fleet/t", payload: "waits", qos: 1 });
  await call(target, "POST", "/publish", { topic: "$delayed/3600/fleet/t", payload: "later", qos: 1 });
  await call(target, "POST", "/banned", { as: "clientid", who: "fleet-banned" });
  await call(target, "POST", "/banned", { as: "username_re", who: "^fleet-.*banned$" });
  await call(target, "POST", "/mqtt/topic_metrics", { topic: "fleet/t" });
  await call(target, "POST", "/api_key", { name: "fleet_key", role: "viewer", enable: true });
  await call(target, "POST", "/users", { username: "fleet_user", password: "passw0rd", description: "" });
}

/** Keys and users are the business of dashboard users alone. */
const call = (target: Target, method: string, path: string, body?: unknown) =>
  target.call({ method, path, as: "token", ...(body !== undefined && { body }) });

/** Reads the program's log: what it said was wrong, by the id of the request. */
export function followErrors(program: Program): Map<string, string> {
  const errors = new Map<string, string>();
  let rest = "";
  program.child.stdout?.on("data", (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.includes('"level":"error"')) continue;
      const { requestId = `line ${errors.size}` } = JSON.parse(line) as { requestId?: string };
      errors.set(requestId, line);
    }
  });
  return errors;
}
