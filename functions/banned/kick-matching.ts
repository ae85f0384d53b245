import { setTimeout as sleep } from "node:timers/promises";
import type { DepsFor } from "../../lib/deps/types.ts";
import { kickOut } from "../../lib/ingest/kick-out.ts";
import { log } from "../../lib/log.ts";
import type { Ban } from "../../lib/records/ban.ts";
import { banTest } from "../../lib/records/ban-test.ts";
import type { Session } from "../../lib/records/session.ts";

type KickDeps = DepsFor<"registry:read" | "registry:write" | "broker:kick">;

/** How long those who are banned are looked for and disconnected, in milliseconds. */
const budget = 8_000;

/** IoT Core allows 100 disconnections per second. */
const pace = { clients: 10, pause: 100 };

/**
 * Disconnects who is connected and banned. For a pattern or an address the registry is gone through, for a limited
 * time; whom it did not reach stays connected until the repair comes to them. The ban is there already, so what
 * fails here is logged, and does not fail the call.
 */
export async function kickMatching(ban: Ban, deps: KickDeps): Promise<void> {
  try {
    for await (const clientids of matchingClients(ban, deps)) {
      const results = await Promise.allSettled(
        clientids.map((clientid) => kickOut(clientid, deps, { isBanned: true })),
      );
      const failed = results.filter((result) => result.status === "rejected");
      if (failed.length > 0) {
        log("error", "banned clients were not disconnected", {
          failed: failed.length,
          error: failed[0]?.reason,
        });
      }
    }
  } catch (error) {
    log("error", "a ban was added, and who is banned was not looked for", { as: ban.as, error });
  }
}

/** Ids of clients to disconnect, as many at a time as may be, and no faster than may be. */
async function* matchingClients(ban: Ban, { sessions }: KickDeps): AsyncGenerator<string[]> {
  // [emqx_mgmt_api_banned] a banned client id loses its session too, connected or not.
  if (ban.as === "clientid") {
    yield [ban.who];
    return;
  }
  const matches = banTest(ban);
  const deadline = Date.now() + budget;
  let found: string[] = [];
  for await (const session of candidates(ban, sessions)) {
    if (Date.now() > deadline) {
      log("warn", "the time was too short to find all connected clients who are banned", { as: ban.as });
      break;
    }
    if (session.connected && matches(session)) found.push(session.clientid);
    if (found.length < pace.clients) continue;
    yield found;
    found = [];
    await sleep(pace.pause);
  }
  yield found;
}

async function* candidates(ban: Ban, sessions: KickDeps["sessions"]): AsyncGenerator<Session> {
  if (ban.as === "username") yield* await sessions.ofUsers([ban.who]);
  else yield* sessions.all();
}
