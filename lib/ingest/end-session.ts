import type { SessionState } from "../records/session-state.ts";
import type { Sessions } from "../store/sessions.ts";
import { afterDisconnect } from "./session-events.ts";

/**
 * Ends the session that a state shows, for good, without waiting for the broker's event. A session that began after
 * that state was read is left alone.
 */
export async function endSession(sessions: Pick<Sessions, "change">, { clientid, connect }: SessionState) {
  if (!connect) return;
  const event = { clientId: clientid, versionNumber: connect.version, timestamp: Date.now() };
  await sessions.change(clientid, (state) => afterDisconnect(state, event, true));
}
