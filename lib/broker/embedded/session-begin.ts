import type { Client } from "aedes";
import type { Connections } from "./connections.ts";
import type { KeptState } from "./kept-state.ts";

/** Finds the session that a client resumes with what it is subscribed to, or begins a new one. */
export async function findSession(client: Client, connections: Connections, kept: KeptState): Promise<void> {
  const connection = connections.of(client);
  if (connection.facts.clean_start) await kept.sessions.remove(client.id);
  const { clean: endsWithConnection } = client;
  if (endsWithConnection && !(await kept.sessions.has(client.id))) return;
  const fresh = connection.sessionIdentifier;
  connection.sessionIdentifier = await kept.sessions.resume(client.id, fresh);
  if (connection.sessionIdentifier !== fresh) connection.sessionBegan = 0;
  for (const { topic, ...options } of await kept.subscriptions(client.id)) {
    connection.filters.set(topic, options);
  }
}
