import type { Client } from "aedes";
import { log } from "../../log.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { KeptState } from "./kept-state.ts";

/**
 * Forgets that a session was kept whose client has left and ended it: by a DISCONNECT that sets its expiry to 0, or
 * because it resumed it with none. Aedes discards its subscriptions and messages by itself. [MQTT-3.14.2.2.2]
 */
export function forgetEndedSession(
  { id, version, clean: endsWithConnection }: Client,
  { sessionIdentifier }: Connection,
  connections: Connections,
  { sessions }: KeptState,
): void {
  if (version !== 5 || !endsWithConnection) return;
  const forget = async () => {
    if ((await sessions.find(id)) !== sessionIdentifier) return;
    // Another connection that takes this one's place has resumed the session.
    if (!connections.anyOf(id)) await sessions.remove(id);
  };
  forget().catch((error) => log("error", "a session that ended was not forgotten", { error }));
}
