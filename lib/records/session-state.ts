import { type DisconnectProperties, neverExpires, type Session } from "./session.ts";

/**
 * What the registry remembers of a client: its newest connect and its newest disconnect. Everything else follows
 * from these two, so the state does not depend on the order in which they became known. A connect that the repair made up
 * counts until the real one is known.
 */
export interface SessionState extends SessionFacts {
  clientid: string;
  created_at: number;
  connect?: Mark & { session_identifier: string };
  disconnect?: Mark & {
    /** The session was ended too, whatever its expiry. */
    ended?: boolean;
    /** What the client changed its expiry to when it left, in seconds. [MQTT-3.14.2.2.2] */
    expiry_interval?: number;
    disconn_props?: DisconnectProperties;
  };
  subscriptions_cnt: number;
  /** The newest session of which subscriptions are known and no connect, and the time of its newest one. */
  early?: { session_identifier: string; at: number };
}

/** What is known of a session beside its marks; a missing fact has its default. */
export interface SessionFacts {
  username?: string | undefined;
  ip_address?: string | undefined;
  port?: number | undefined;
  listener?: string | undefined;
  proto_name?: string | undefined;
  proto_ver?: number | undefined;
  clean_start?: boolean | undefined;
  keepalive?: number | undefined;
  expiry_interval?: number | undefined;
  is_bridge?: boolean | undefined;
}

/** Facts that are assumed, and not stored, until others are known. */
export const assumedFacts = {
  listener: "tcp:default",
  proto_name: "MQTT",
  proto_ver: 4,
  clean_start: true,
  keepalive: 60,
  expiry_interval: 0,
  is_bridge: false,
} as const;

/** A point in a client's history: the broker's version number and its clock in epoch milliseconds. */
export interface Mark {
  version: number;
  at: number;
  /** Only of a connect. */
  session_identifier?: string;
}

/** What a connect that was made up has in place of its session's identifier. */
export const madeUpIdentifier = (at: number) => `repaired ${at}`;

/** Whether an identifier was made up, and with it the connect that has it. */
export const isMadeUp = (identifier = "") => identifier.startsWith("repaired ");

/**
 * Versions start again after a client has been away for an hour, and clocks differ by minutes. So the clock decides
 * between marks that lie further apart than this, and the version between others.
 */
const resetMargin = 30 * 60_000;

/** The version of a connect that was made up is a guess, which counts only where clocks say nothing. */
const guessMargin = 5_000;

/**
 * How long a client that left and a subscription that ended are remembered, in milliseconds, to recognise late events:
 * longer than one takes.
 */
export const lateEventMemory = 2 * 3_600_000;

/** Whether `a` is later in a client's history than `b`. */
export function isLater(a: Mark, b: Mark): boolean {
  if (!areNear(a, b)) return a.at > b.at;
  return a.version > b.version;
}

/** Whether marks lie so near to each other that the version decides. */
export function areNear(a: Mark, b: Mark): boolean {
  const isGuess = isMadeUp(a.session_identifier) || isMadeUp(b.session_identifier);
  return Math.abs(a.at - b.at) <= (isGuess ? guessMargin : resetMargin);
}

/** The lowest version with which a connect at this time is later than what is known of its client. */
export function nextVersion(
  { connect, disconnect }: Pick<SessionState, "connect" | "disconnect">,
  at: number,
) {
  const near = [connect, disconnect].filter((mark) => mark && Math.abs(mark.at - at) <= resetMargin);
  return Math.max(-1, ...near.map((mark) => mark?.version ?? -1)) + 1;
}

/** What a state amounts to. */
export interface Standing {
  /** `gone` sessions are kept for a while to recognise late events, and never shown. */
  standing: "connected" | "disconnected" | "gone";
  /** Epoch seconds after which the record may be deleted. */
  expires_at?: number;
}

/** What a state amounts to, whatever the time. */
export function standingOf(state: SessionState): Standing {
  const { connect, disconnect, created_at } = state;
  if (connect && (!disconnect || isLater(connect, disconnect))) return { standing: "connected" };
  const expiry_interval = disconnect?.expiry_interval ?? state.expiry_interval ?? 0;
  const left = disconnect?.at ?? created_at;
  if (!connect || disconnect?.ended || expiry_interval === 0) {
    return { standing: "gone", expires_at: seconds(left + lateEventMemory) };
  }
  if (expiry_interval === neverExpires) return { standing: "disconnected" };
  return { standing: "disconnected", expires_at: seconds(left) + expiry_interval };
}

/**
 * The sessions whose subscriptions a client is shown with: that of its newest connect and, while that one is made up,
 * the one that has subscribed since.
 */
export function shownSessions({ connect, early }: SessionState): string[] {
  if (!connect) return [];
  const shown = [connect.session_identifier];
  if (early && isMadeUp(connect.session_identifier) && early.at >= connect.at)
    shown.push(early.session_identifier);
  return shown;
}

/** The sessions whose subscriptions are kept; those of others are over. */
export function keptSessions(state: SessionState): string[] {
  const shown = standingOf(state).standing === "gone" ? [] : shownSessions(state);
  return state.early ? [...new Set(shown).add(state.early.session_identifier)] : shown;
}

/** A state without an early session that is over, or whose connect is known. */
export function withoutPastEarly(state: SessionState): SessionState {
  const { early, ...others } = state;
  const { connect } = state;
  if (!early || !connect) return state;
  const isPast =
    early.session_identifier === connect.session_identifier ||
    early.at < connect.at ||
    isBeforeMadeUpEnd(state, early.at);
  return isPast ? others : state;
}

/** Whether a client with a made-up connect left after this time, so that what it did then is over. */
export function isBeforeMadeUpEnd(state: SessionState, at: number): boolean {
  const { connect, disconnect } = state;
  if (!disconnect || !isMadeUp(connect?.session_identifier)) return false;
  return at <= disconnect.at && standingOf(state).standing === "gone";
}

/** The session that a state shows, or `undefined` if there is none at the given time (epoch milliseconds). */
export function visibleSession(state: SessionState, now: number): Session | undefined {
  const { standing, expires_at } = standingOf(state);
  if (standing === "gone" || (expires_at !== undefined && expires_at <= seconds(now))) return undefined;
  const { connect, disconnect, early, ...facts } = state;
  const connected = standing === "connected";
  return {
    ...withoutUndefined(facts, { ...assumedFacts }),
    connected,
    connected_at: connect?.at ?? 0,
    ...(!connected && withDisconnect(disconnect)),
  } as Session;
}

/** Puts the fields that have a value over others. Lists call it for each row, so it makes nothing on the way. */
function withoutUndefined(fields: object, into: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) into[name] = value;
  return into;
}

const withDisconnect = ({
  at = 0,
  expiry_interval,
  disconn_props,
}: Partial<NonNullable<SessionState["disconnect"]>> = {}) => ({
  disconnected_at: at,
  ...(disconn_props && { disconn_props }),
  ...(expiry_interval !== undefined && { expiry_interval }),
});

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
