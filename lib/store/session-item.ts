import type { DisconnectProperties } from "../records/session.ts";
import { assumedFacts, type SessionFacts, type SessionState, standingOf } from "../records/session-state.ts";
import type { Key } from "./database.ts";
import { sessionKey, usernameKey } from "./hash-order.ts";

/**
 * A session in the registry table. What has its default is left out, to keep items near 300 bytes; `standing` is
 * there for whoever reads items without their meaning (filters, the change stream).
 */
export interface SessionItem extends Key, SessionFacts {
  clientid: string;
  created_at: number;
  standing?: "disconnected" | "gone";
  expires_at?: number | undefined;
  username_key?: string | undefined;
  subscriptions_cnt?: number | undefined;
  session_identifier?: string | undefined;
  connect_version?: number | undefined;
  connected_at?: number | undefined;
  disconnect_version?: number | undefined;
  disconnected_at?: number | undefined;
  ended?: boolean | undefined;
  left_expiry_interval?: number | undefined;
  disconn_props?: DisconnectProperties | undefined;
  early?: string | undefined;
  early_at?: number | undefined;
  /** Counts the writes; a write succeeds only on the revision that it was made from. */
  revision: number;
}

/** The item of a state, as the given revision of it. */
export function toItem(state: SessionState, revision: number): SessionItem {
  const { connect, disconnect, subscriptions_cnt, early, ...rest } = state;
  const { standing, expires_at } = standingOf(state);
  const username_key =
    state.username === undefined || standing === "gone" ? undefined : usernameKey(state.username);
  return {
    ...sessionKey(state.clientid),
    ...withoutAssumed(rest),
    ...(standing !== "connected" && { standing }),
    expires_at,
    username_key,
    subscriptions_cnt: subscriptions_cnt || undefined,
    session_identifier: connect?.session_identifier,
    connect_version: connect?.version,
    connected_at: connect?.at,
    disconnect_version: disconnect?.version,
    disconnected_at: disconnect?.at,
    ended: disconnect?.ended,
    left_expiry_interval: disconnect?.expiry_interval,
    disconn_props: disconnect?.disconn_props,
    early: early?.session_identifier,
    early_at: early?.at,
    revision,
  };
}

/** The state that an item holds: what is not named here is a fact. */
export function toState(item: SessionItem): SessionState {
  const {
    pk,
    sk,
    standing,
    expires_at,
    username_key,
    subscriptions_cnt = 0,
    session_identifier = "",
    connect_version,
    connected_at = 0,
    disconnect_version,
    disconnected_at = 0,
    ended,
    left_expiry_interval,
    disconn_props,
    early,
    early_at,
    revision,
    ...facts
  } = item;
  return {
    ...facts,
    subscriptions_cnt,
    ...(early !== undefined && {
      // Items of earlier versions do not tell the time.
      early: { session_identifier: early, at: early_at ?? item.connected_at ?? item.created_at },
    }),
    ...(connect_version !== undefined && {
      connect: { version: connect_version, at: connected_at, session_identifier },
    }),
    ...(disconnect_version !== undefined && {
      disconnect: {
        version: disconnect_version,
        at: disconnected_at,
        ...(ended && { ended }),
        ...(left_expiry_interval !== undefined && { expiry_interval: left_expiry_interval }),
        ...(disconn_props && { disconn_props }),
      },
    }),
  };
}

function withoutAssumed<State extends object>(state: State): State {
  // Whether a session is kept must stay known as known, also where it is what would be assumed.
  const { expiry_interval: _, ...assumed }: Record<string, unknown> = assumedFacts;
  return Object.fromEntries(
    Object.entries(state).filter(([name, value]) => assumed[name] !== value),
  ) as State;
}
