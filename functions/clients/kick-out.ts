import { setTimeout as sleep } from "node:timers/promises";
import { forEachAtATime } from "../../lib/at-a-time.ts";
import { type KickDeps, kickOut } from "../../lib/ingest/kick-out.ts";

/** How many clients are kicked out at a time. */
const atATime = 20;

/**
 * Disconnects clients and ends their sessions, no faster than the broker allows. One that fails does not keep the
 * others in; it is thrown at the end.
 */
export async function kickOutAll(clientids: readonly string[], deps: KickDeps): Promise<void> {
  const { kicksPerSecond = Number.POSITIVE_INFINITY } = deps.broker;
  const pause = (atATime * 1_000) / kicksPerSecond;
  await forEachAtATime(new Set(clientids), atATime, (clientid) =>
    pause > 0 ? Promise.all([kickOut(clientid, deps), sleep(pause)]) : kickOut(clientid, deps),
  );
}
