import type { BannableClient } from "../records/ban.ts";
import type { Bans } from "../store/bans.ts";
import { type KickDeps, kickOut } from "./kick-out.ts";
import type { LifecycleEvent } from "./lifecycle-event.ts";

type EnforceDeps = KickDeps & { bans: Pick<Bans, "isBanned"> };

/**
 * Kicks out a client if it is banned, and returns whether it was. Called after its connect is in the registry:
 * whoever adds a ban writes it first and reads the registry then, so that one of the two sees the other.
 */
export async function kickOutBanned(client: BannableClient, deps: EnforceDeps): Promise<boolean> {
  if (!(await deps.bans.isBanned(client))) return false;
  await kickOut(client.clientid, deps, { isBanned: true });
  return true;
}

/** The client that an event tells of as newly connected. */
export function connectedClient(event: LifecycleEvent): BannableClient | undefined {
  if (event.eventType !== "connected") return undefined;
  const { clientId: clientid, ipAddress: ip_address, session } = event;
  return { clientid, ip_address, username: session?.username };
}
