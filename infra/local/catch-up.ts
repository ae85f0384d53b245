import type { Registry } from "../../lib/ingest/ingest.ts";
import { keptSessions } from "../../lib/records/session-state.ts";

/**
 * Brings up to date what follows from sessions and subscriptions: a process that was killed may have written these and
 * not followed the change any more. Only while nothing else writes to the registry.
 */
export async function catchUp(registry: Registry): Promise<void> {
  await endLeftSessions(registry);
  await completeIndex(registry);
}

/** Removes subscriptions of sessions that are over. */
async function endLeftSessions({ sessions, subscriptions }: Registry): Promise<void> {
  const current = new Set<string>();
  for await (const state of sessions.states()) {
    for (const identifier of keptSessions(state)) current.add(nameOf(state.clientid, identifier));
  }
  for await (const { clientid, session_identifier } of subscriptions.owners()) {
    const isOver = !current.has(nameOf(clientid, session_identifier));
    if (isOver) await subscriptions.endSession(clientid, session_identifier);
  }
}

/** Compares the index of topic filters with the subscriptions, and writes what differs. */
async function completeIndex({ subscriptions }: Registry): Promise<void> {
  const { topics } = subscriptions;
  const entered = new Map<string, { clientid: string; topic: string }>();
  for await (const { clientid, topic } of topics.all())
    entered.set(nameOf(clientid, topic), { clientid, topic });
  const used = new Set<string>();
  const wrong = new Set<string>();
  for await (const subscription of subscriptions.all()) {
    const { clientid, topic } = subscription;
    used.add(topic);
    if (entered.delete(nameOf(clientid, topic))) continue;
    await topics.enter(subscription);
    wrong.add(topic);
  }
  for (const { clientid, topic } of entered.values()) {
    await topics.remove(clientid, topic);
    wrong.add(topic);
  }
  const noted = new Set<string>();
  for await (const topic of topics.routes.all()) noted.add(topic);
  const settled = new Set([...wrong, ...used.symmetricDifference(noted)]);
  for (const topic of settled) await topics.settle(topic);
}

const nameOf = (clientid: string, what: string) => `${clientid}\0${what}`;
