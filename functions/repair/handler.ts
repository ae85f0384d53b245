import { randomBytes } from "node:crypto";
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
const pace = { clients: 10, milliseconds: 200 };

/** How long a run looks at who is missing, and at who is shown, in milliseconds: it is over before the next begins. */
const budget = { missing: 100_000, shown: 140_000 };

/** Things that are looked up in the registry at once. */
const lookedUpAtOnce = 100;

/**
 * Asks the broker about clients that fleet indexing says are connected and the registry does not, and then about those
 * that the registry shows: a sixteenth of them in each run, from another place on each time. Sessions among them that
 * have expired are ended. Who is banned is disconnected: their connect may never have come, or their ban had no time to
 * reach all.
 */
export const handler = work(repair, async (_: unknown, deps): Promise<void> => {
  const turn = Math.floor(Date.now() / (repair.trigger.everyMinutes * 60_000));
  const shard = shards[turn % shards.length] ?? "0";
  const results = new Map<Outcome, number>();
  const untilMissing = Date.now() + budget.missing;
  await repairAll(deps, missing(deps, untilMissing), untilMissing, results);
  const untilShown = Date.now() + budget.shown;
  await repairAll(deps, shown(deps, shard, untilShown), untilShown, results);
  log("info", "repaired", { shard, results: Object.fromEntries(results) });
});

/** Clients that are connected, and not so in the registry. */
async function* missing({ fleet, sessions }: RepairDeps, deadline: number): AsyncGenerator<string> {
  for await (const clientids of inGroups(fleet.connectedClients(), lookedUpAtOnce)) {
    const found = await sessions.getMany(clientids);
    const connected = new Set(found.filter((it) => it.connected).map(({ clientid }) => clientid));
    yield* clientids.filter((clientid) => !connected.has(clientid));
    if (Date.now() > deadline) return;
  }
}

/** Clients that the registry shows. */
async function* shown({ sessions }: RepairDeps, shard: string, deadline: number): AsyncGenerator<string> {
  for await (const state of sessions.statesAround(shard + randomBytes(2).toString("hex"))) {
    if (visibleSession(state, Date.now())) yield state.clientid;
    // DynamoDB deletes what has expired when it likes, and subscriptions go when their session does.
    else if (standingOf(state).standing === "disconnected") await endSession(sessions, state);
    if (Date.now() > deadline) return;
  }
}

async function repairAll(
  deps: RepairDeps,
  suspects: AsyncIterable<string>,
  deadline: number,
  results: Map<Outcome, number>,
): Promise<void> {
  for await (const clientids of inGroups(suspects, pace.clients)) {
    const outcomes = await Promise.all([
      ...clientids.map((clientid) => repairOne(deps, clientid)),
      sleep(clientids.length < pace.clients ? 0 : pace.milliseconds),
    ]);
    for (const result of outcomes) if (result) results.set(result, (results.get(result) ?? 0) + 1);
    if (Date.now() > deadline) return log("warn", "the time was too short to look at all clients");
  }
}

async function* inGroups<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let group: Item[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function repairOne(deps: RepairDeps, clientid: string): Promise<Outcome> {
  try {
    const result = await repairClient(deps, deps.broker, clientid);
    const session = await deps.sessions.get(clientid);
    return session?.connected && (await kickOutBanned(session, deps)) ? "banned" : result;
  } catch (error) {
    if (!isUnavailable(error)) log("error", "a client was not repaired", { clientid, error });
    return "unanswered";
  }
}
