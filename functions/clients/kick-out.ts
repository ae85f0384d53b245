import { type KickDeps, kickOut } from "../../lib/ingest/kick-out.ts";

/** How many clients are kicked out at a time. */
const atATime = 20;

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
