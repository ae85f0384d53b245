import type { Broker } from "../broker/broker.ts";
import { visibleSession } from "../records/session-state.ts";
import type { Sessions } from "../store/sessions.ts";
import { endSession } from "./end-session.ts";

/** What is needed to kick out a client. */
export interface KickDeps {
  sessions: Pick<Sessions, "state" | "change">;
  broker: Pick<Broker, "kick" | "kicksPerSecond">;
}

/**
 * Disconnects a client and ends its session. Its will is published, unless it `isBanned`, as in EMQX. Returns whether
 * broker or registry knew of it. [emqx_channel]
 */
export async function kickOut(
  clientid: string,
  { sessions, broker }: KickDeps,
  { isBanned = false } = {},
): Promise<boolean> {
  const state = await sessions.state(clientid);
  const known = await broker.kick(clientid, { preventWill: isBanned });
  const ended = state && visibleSession(state, Date.now()) !== undefined;
  if (ended) await endSession(sessions, state);
  return known || ended === true;
}
