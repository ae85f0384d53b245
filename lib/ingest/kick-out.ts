import type { Broker } from "../broker/broker.ts";
import { visibleSession } from "../records/session-state.ts";
import type { Sessions } from "../store/sessions.ts";
import { endSession } from "./end-session.ts";

/** What is needed to kick out a client. */
export interface KickDeps {
  sessions: Pick<Sessions, "state" | "change">;
  broker: Pick<Broker, "kick">;
}

/** Disconnects a client and ends its session. Returns whether broker or registry knew of it. */
export async function kickOut(clientid: string, { sessions, broker }: KickDeps): Promise<boolean> {
  const state = await sessions.state(clientid);
  const known = await broker.kick(clientid);
  const ended = state && visibleSession(state, Date.now()) !== undefined;
  if (ended) await endSession(sessions, state);
  return known || ended === true;
}
