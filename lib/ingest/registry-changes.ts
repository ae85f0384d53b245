import { keptSessions } from "../records/session-state.ts";
import { type ChangedItem, feedDirectory, type ItemChange } from "../store/directory-feed.ts";
import type { Counted } from "../store/listing.ts";
import { type SessionItem, toState } from "../store/session-item.ts";
import { subscriptionOf } from "../store/subscription-item.ts";
import type { Registry } from "./ingest.ts";

/**
 * Follows a batch of changes of the registry table, of one shard of its stream and in its order: keeps the
 * directories of counts and the index of topic filters, and removes the subscriptions of sessions that are over. A batch may come
 * again.
 */
export async function followChanges(
  registry: Registry,
  shard: string,
  changes: readonly ItemChange[],
): Promise<void> {
  const ended = changes.flatMap(endedSessions);
  await Promise.all([
    followSubscriptions(registry, changes),
    ...listingsOf(registry).map((listing) => feedDirectory(listing, shard, changes)),
    ...ended.map(({ clientid, identifier }) => registry.subscriptions.endSession(clientid, identifier)),
  ]);
}

/** All that is listed and counted. */
export const listingsOf = ({ sessions, subscriptions }: Registry): Counted[] => [
  sessions,
  subscriptions,
  subscriptions.topics.routes,
];

/** Changes of one subscription follow each other; those of different ones go side by side. */
async function followSubscriptions(
  { subscriptions }: Registry,
  changes: readonly ItemChange[],
): Promise<void> {
  const last = new Map(changes.filter(({ pk }) => pk.startsWith("subscription#")).map((it) => [it.sk, it]));
  const filters = new Set<string>();
  await Promise.all(
    [...last.values()].map(async ({ before, after }) => {
      const { clientid, topic } = after ?? before ?? {};
      if (clientid === undefined || topic === undefined) return;
      filters.add(topic);
      if (after && after.standing !== "gone")
        await subscriptions.topics.enter(subscriptionOf({ ...after, clientid, topic }));
      else await subscriptions.topics.remove(clientid, topic);
    }),
  );
  await Promise.all([...filters].map((filter) => subscriptions.topics.settle(filter)));
}

/** The sessions that were kept before a change, and are not after it. */
function endedSessions({ pk, before, after }: ItemChange) {
  const clientid = before?.clientid;
  if (!pk.startsWith("session#") || clientid === undefined) return [];
  const kept = keptIn(after);
  return keptIn(before)
    .filter((identifier) => !kept.includes(identifier))
    .map((identifier) => ({ clientid, identifier }));
}

/** An item of the registry holds a whole session. */
const keptIn = (item: ChangedItem | undefined) => (item ? keptSessions(toState(item as SessionItem)) : []);
