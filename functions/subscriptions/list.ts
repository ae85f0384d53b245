import type { DepsFor } from "../../lib/deps/types.ts";
import { covers } from "../../lib/mqtt/filter-cover.ts";
import { namedFilter } from "../../lib/mqtt/shared-filter.ts";
import type { Subscription } from "../../lib/records/session.ts";
import { shownSessions, visibleSession } from "../../lib/records/session-state.ts";
import { matchingPage, oneByOne } from "../../lib/store/matching-page.ts";

/** The conditions of a list. */
export interface SubscriptionFilter {
  clientid?: string | undefined;
  qos?: 0 | 1 | 2 | undefined;
  topic?: string | undefined;
  match_topic?: string | undefined;
  share_group?: string | undefined;
}

type Registry = DepsFor<"registry:read">;

/**
 * A page of subscriptions. A named client, topic or group is read by key, and `match_topic` from the first level that
 * is no wildcard on; an unfiltered page is read from its place. For the QoS alone all subscriptions are read.
 */
export async function listSubscriptions(
  registry: Registry,
  { page, limit, ...given }: SubscriptionFilter & { page: number; limit: number },
): Promise<{ rows: Subscription[]; hasnext: boolean; count?: number }> {
  // An exact value takes the place of a fuzzy one of the same field. [emqx_mgmt_api_subscriptions]
  const filter = given.topic === undefined ? given : { ...given, match_topic: undefined };
  const offset = (page - 1) * limit;
  if (Object.values(filter).every((value) => value === undefined)) {
    const { subscriptions: rows, hasnext, all } = await registry.subscriptions.page(offset, limit);
    return { rows, hasnext, count: all };
  }
  const candidates = await candidatesFor(registry, filter, offset + limit + 1);
  const counted = filter.match_topic === undefined;
  return matchingPage(oneByOne(candidates), (row) => matches(row, filter), { offset, limit, counted });
}

/** The smallest part of all subscriptions that has a key and holds every match. */
async function candidatesFor(
  { sessions, subscriptions }: Registry,
  { clientid, topic, match_topic, share_group }: SubscriptionFilter,
  expected: number,
): Promise<Iterable<Subscription> | AsyncIterable<Subscription>> {
  if (clientid !== undefined) {
    const state = await sessions.state(clientid);
    if (!state || !visibleSession(state, Date.now())) return [];
    return subscriptions.ofSessions(clientid, shownSessions(state));
  }
  const { topics } = subscriptions;
  if (topic !== undefined) return topics.ofTopic(topic, share_group);
  if (match_topic !== undefined) return topics.covered(match_topic, expected);
  if (share_group !== undefined) return topics.ofGroup(share_group);
  return subscriptions.all();
}

function matches(row: Subscription, filter: SubscriptionFilter): boolean {
  const { clientid, qos, topic, match_topic, share_group } = filter;
  const named = namedFilter(row.topic);
  return (
    (clientid === undefined || row.clientid === clientid) &&
    (qos === undefined || row.qos === qos) &&
    // A topic alone names what is not shared.
    (topic === undefined || (named.topic === topic && named.group === share_group)) &&
    (share_group === undefined || named.group === share_group) &&
    (match_topic === undefined || covers(match_topic, named.topic))
  );
}
