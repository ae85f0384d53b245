import { feedDirectory, type ItemChange } from "../store/directory-feed.ts";
import type { Registry } from "./ingest.ts";

/**
 * Follows a batch of changes of the registry table, of one shard of its stream and in its order: keeps the directory
 * of counts, and removes the subscriptions of sessions that are over. A batch may come again.
 */
export async function followChanges(
  registry: Registry,
  shard: string,
  changes: readonly ItemChange[],
): Promise<void> {
  const ended = changes.flatMap(endedSession);
  await Promise.all([
    feedDirectory(registry.sessions, shard, changes),
    ...ended.map(({ clientid, identifier }) => registry.subscriptions.endSession(clientid, identifier)),
  ]);
}

function endedSession({ pk, before, after }: ItemChange) {
  const identifier = before?.session_identifier;
  if (!pk.startsWith("session#") || !before?.clientid || !identifier || before.standing === "gone") return [];
  const goesOn = after?.session_identifier === identifier && after.standing !== "gone";
  return goesOn ? [] : [{ clientid: before.clientid, identifier }];
}
