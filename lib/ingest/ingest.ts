import {
  isBeforeMadeUpEnd,
  isMadeUp,
  type SessionState,
  shownSessions,
  standingOf,
} from "../records/session-state.ts";
import type { Sessions } from "../store/sessions.ts";
import type { Subscriptions } from "../store/subscriptions.ts";
import type { Connected, LifecycleEvent, Subscribed, Unsubscribed } from "./lifecycle-event.ts";
import { afterConnect, afterDisconnect, isMadeUpFor } from "./session-events.ts";

/** The part of the registry that is written by events. */
export interface Registry {
  sessions: Sessions;
  subscriptions: Subscriptions;
}

/**
 * Brings one lifecycle event into the registry. Events may come twice, late and in any order: what is remembered of
 * a client follows from the set of its events. An event that fails half-way is simply brought in again.
 */
export async function ingest(registry: Registry, event: LifecycleEvent): Promise<void> {
  const { sessions } = registry;
  switch (event.eventType) {
    case "connected":
      await ingestConnect(registry, event);
      return;
    case "disconnected":
      await sessions.change(event.clientId, (state) => afterDisconnect(state, event, event.ended));
      return;
    default:
      await ingestSubscriptions(registry, event);
  }
}

/** Whose connect comes after all else that is known of a session may have left subscriptions of it behind. */
async function ingestConnect(registry: Registry, event: Connected): Promise<void> {
  const { clientId: clientid, sessionIdentifier } = event;
  const state = await registry.sessions.change(clientid, (known) => connected(registry, known, event));
  if (isOver(state, event)) await registry.subscriptions.endSession(clientid, sessionIdentifier);
}

async function connected(registry: Registry, state: SessionState | undefined, event: Connected) {
  const next = afterConnect(state, event);
  const known = state?.connect;
  if (next.connect === known) return next;
  const wasMadeUp = known !== undefined && isMadeUpFor(known, event);
  if (wasMadeUp) {
    const { clientId, sessionIdentifier } = event;
    await registry.subscriptions.moveSession(clientId, known.session_identifier, sessionIdentifier);
  }
  return wasMadeUp || state?.early ? withCount(registry, next) : next;
}

async function ingestSubscriptions(registry: Registry, event: Subscribed | Unsubscribed): Promise<void> {
  const { clientId: clientid, sessionIdentifier: session_identifier, timestamp: at } = event;
  const options = event.eventType === "subscribed" ? event.options : undefined;
  await Promise.all(
    [...new Set(event.topics)].map((topic) => {
      const place = event.topics.lastIndexOf(topic);
      const state = event.eventType === "subscribed" ? (options?.[place] ?? { qos: 1 }) : "ended";
      return registry.subscriptions.record({ clientid, topic, session_identifier, at, place, state });
    }),
  );
  // Written first and checked after: whoever ends the session meanwhile does it the other way round, so that one
  // of the two sees the other and a subscription cannot outlive its session.
  const state = await registry.sessions.change(clientid, (known) => subscribed(registry, known, event));
  if (isOver(state, event)) await registry.subscriptions.endSession(clientid, session_identifier);
}

async function subscribed(
  registry: Registry,
  state: SessionState | undefined,
  event: Subscribed | Unsubscribed,
): Promise<SessionState | undefined> {
  if (isOver(state, event)) return state;
  const { clientId: clientid, sessionIdentifier, timestamp } = event;
  if (state?.connect?.session_identifier === sessionIdentifier) return withCount(registry, state);
  const next = withEarly(state ?? { clientid, created_at: timestamp, subscriptions_cnt: 0 }, event);
  return shownSessions(next).includes(sessionIdentifier) ? withCount(registry, next) : next;
}

function withEarly(state: SessionState, { sessionIdentifier, timestamp: at }: Subscribed | Unsubscribed) {
  const { early } = state;
  if (early?.session_identifier === sessionIdentifier && early.at >= at) return state;
  return { ...state, early: { session_identifier: sessionIdentifier, at } };
}

async function withCount({ subscriptions }: Registry, state: SessionState): Promise<SessionState> {
  const found = await subscriptions.ofSessions(state.clientid, shownSessions(state));
  return found.length === state.subscriptions_cnt ? state : { ...state, subscriptions_cnt: found.length };
}

/** Whether the session that an event belongs to is known to have ended, so that the event comes late. */
function isOver(state: SessionState | undefined, event: Connected | Subscribed | Unsubscribed): boolean {
  const { sessionIdentifier, timestamp } = event;
  if (state && shownSessions(state).includes(sessionIdentifier)) return standingOf(state).standing === "gone";
  if (isMadeUp(sessionIdentifier)) return true;
  if (!state) return false;
  const { connect, early } = state;
  const isOlder = (connect?.at ?? 0) > timestamp;
  // A client has one session at a time.
  const isFollowed = early?.session_identifier !== sessionIdentifier && (early?.at ?? 0) > timestamp;
  return isOlder || isFollowed || isBeforeMadeUpEnd(state, timestamp);
}
