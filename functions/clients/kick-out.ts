import type { DepsFor } from "../../lib/deps/types.ts";
import { endSession } from "../../lib/ingest/end-session.ts";
import { visibleSession } from "../../lib/records/session-state.ts";

/** How many clients are kicked out at a time. */
const atATime = 20;

type KickDeps = DepsFor<"registry:read" | "registry:write" | "broker:kick">;

/** Disconnects a client and ends its session. Returns whether broker or registry knew of it. */
export async function kickOut(clientid: string, { sessions, broker }: KickDeps): Promise<boolean> {
  const state = await sessions.state(clientid);
  const known = await broker.kick(clientid);
  const ended = state && visibleSession(state, Date.now()) !== undefined;
  if (ended) await endSession(sessions, state);
  return known || ended === true;
}

/** Disconnects clients and ends their sessions. One that fails does not keep the others in; it is thrown at the end. */
export async function kickOutAll(clientids: readonly string[], deps: KickDeps): Promise<void> {
  const waiting = new Set(clientids).values();
  const failures: unknown[] = [];
  const work = async () => {
    for (const clientid of waiting) {
      await kickOut(clientid, deps).catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  if (failures.length > 0) throw failures[0];
}
