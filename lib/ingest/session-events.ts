import {
  areNear,
  isLater,
  isMadeUp,
  type Mark,
  type SessionState,
  withoutPastEarly,
} from "../records/session-state.ts";
import type { Connected, Disconnected } from "./lifecycle-event.ts";

/** A client's state after a connect is known; the same whether or not it was known before. */
export const afterConnect = (state: SessionState | undefined, event: Connected) =>
  withoutPastEarly(withConnect(state, event));

function withConnect(state: SessionState | undefined, event: Connected): SessionState {
  const connect = { ...markOf(event), session_identifier: event.sessionIdentifier };
  const known = state?.connect;
  const sameSession = known?.session_identifier === event.sessionIdentifier;
  if (!state || !known || isLater(connect, known) || takesPlace(connect, known)) {
    return {
      ...event.session,
      ip_address: event.ipAddress,
      clientid: event.clientId,
      created_at: sameSession ? Math.min(state?.created_at ?? connect.at, connect.at) : connect.at,
      connect,
      ...(state?.disconnect && { disconnect: state.disconnect }),
      ...(state?.early && { early: state.early }),
      subscriptions_cnt: sameSession ? (state?.subscriptions_cnt ?? 0) : 0,
    };
  }
  return sameSession && connect.at < state.created_at ? { ...state, created_at: connect.at } : state;
}

/** A real connect counts more than one that was made up and is not later. */
const takesPlace = (connect: Mark, known: Mark) =>
  isMadeUp(known.session_identifier) && !isMadeUp(connect.session_identifier) && !isLater(known, connect);

/** Whether a known connect was made up because this one was not known. */
export const isMadeUpFor = (known: Mark, event: Connected) =>
  isMadeUp(known.session_identifier) &&
  (areNear(known, markOf(event)) || known.version === event.versionNumber);

/** What counts of a disconnect; IoT Core tells whether the client sent a DISCONNECT, and not what it said. */
type DisconnectFacts = Pick<Disconnected, "clientId" | "versionNumber" | "timestamp"> &
  Pick<Disconnected, "clientInitiatedDisconnect" | "disconn_props" | "expiry_interval" | "session">;

/** A client's state after a disconnect is known. `ended` tells that its session was discarded with it. */
export const afterDisconnect = (state: SessionState | undefined, event: DisconnectFacts, ended = false) =>
  withoutPastEarly(withDisconnect(state, event, ended));

function withDisconnect(
  state: SessionState | undefined,
  event: DisconnectFacts,
  ended: boolean,
): SessionState {
  const mark = markOf(event);
  const known = state?.disconnect;
  const base = withFacts(state, event);
  if (known && !isLater(mark, known)) {
    const endsIt = ended && known.version === mark.version && !known.ended;
    return endsIt ? { ...base, disconnect: { ...known, ended } } : base;
  }
  // The end of a session stays known when the disconnect that belongs to it comes after.
  const { expiry_interval, disconn_props = event.clientInitiatedDisconnect ? {} : undefined } = event;
  const left = {
    ...mark,
    ...(expiry_interval !== undefined && { expiry_interval }),
    ...(disconn_props && { disconn_props }),
  };
  return { ...base, disconnect: { ...left, ...(ended && { ended }) } };
}

/** Facts that come with a disconnect count where none were known. */
function withFacts(
  state: SessionState | undefined,
  event: Pick<Disconnected, "clientId" | "timestamp" | "session">,
) {
  const { clientId: clientid, timestamp: created_at, session } = event;
  if (!state) return { ...session, clientid, created_at, subscriptions_cnt: 0 };
  return session && state.expiry_interval === undefined ? { ...state, ...session } : state;
}

const markOf = (event: { versionNumber: number; timestamp: number }): Mark => ({
  version: event.versionNumber,
  at: event.timestamp,
});
