import { setTimeout as sleep } from "node:timers/promises";
import type { DepsFor } from "../../lib/deps/types.ts";
import { work } from "../../lib/deps/work.ts";
import { endSession } from "../../lib/ingest/end-session.ts";
import { kickOutBanned } from "../../lib/ingest/kick-out-banned.ts";
import { type Repair, repairClient } from "../../lib/ingest/repair.ts";
import { log } from "../../lib/log.ts";
import { standingOf, visibleSession } from "../../lib/records/session-state.ts";
import { shards } from "../../lib/store/hash-order.ts";
import { isUnavailable } from "../../lib/unavailable.ts";
import { repair } from "./worker.ts";

type Outcome = Repair | "banned" | "unanswered";

type RepairDeps = DepsFor<(typeof repair.needs)[number]>;

/** IoT Core allows 100 questions about connections per second; half of them are left to others. */
const pause = 20;

/** A run ends after this time, in milliseconds, so that it is over before the next one begins. */
const budget = 240_000;

/**
 * Asks the broker about clients that fleet indexing says are connected and the registry does not, and about those that
 * the registry shows: a sixteenth of them in each run, one after the other. Sessions among them that have expired are
 * ended. Who is banned is disconnected: their connect may never have come, or their ban had no time to reach all.
 */
export const handler = work(repair, async (_: unknown, deps): Promise<void> => {
  const deadline = Date.now() + budget;
  const shard =
    shards[Math.floor(Date.now() / (repair.trigger.everyMinutes * 60_000)) % shards.length] ?? "0";
  const results = new Map<Outcome, number>();
  for await (const clientid of suspects(deps, shard)) {
    if (Date.now() > deadline) break;
    const result = await repairOne(deps, clientid);
    results.set(result, (results.get(result) ?? 0) + 1);
    await sleep(pause);
  }
  log("info", "repaired", { shard, results: Object.fromEntries(results) });
});

async function* suspects({ fleet, sessions }: RepairDeps, shard: string): AsyncGenerator<string> {
  for await (const clientid of fleet.connectedClients()) {
    if (!(await sessions.get(clientid))?.connected) yield clientid;
  }
  for await (const state of sessions.states(shard)) {
    if (visibleSession(state, Date.now())) yield state.clientid;
    // DynamoDB deletes what has expired when it likes, and subscriptions go when their session does.
    else if (standingOf(state).standing === "disconnected") await endSession(sessions, state);
  }
}

async function repairOne(deps: RepairDeps, clientid: string): Promise<Outcome> {
  try {
    const result = await repairClient(deps, deps.broker, clientid);
    const session = await deps.sessions.get(clientid);
    return session?.connected && (await kickOutBanned(session, deps)) ? "banned" : result;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return "unanswered";
  }
}
