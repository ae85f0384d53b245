import { normalAddress } from "./address.ts";
import { addressRange } from "./address-range.ts";

/** Bans of one client id, user name or address. */
export const exactKinds = ["clientid", "username", "peerhost"] as const;

/** Bans of all that a regular expression or a range of addresses matches. */
export const patternKinds = ["clientid_re", "username_re", "peerhost_net"] as const;

export const banKinds = [...exactKinds, ...patternKinds] as const;

export type ExactKind = (typeof exactKinds)[number];
export type PatternKind = (typeof patternKinds)[number];
export type BanKind = (typeof banKinds)[number];

/** A ban as the access table holds it. Field names are EMQX's; times are epoch seconds. [emqx_banned] */
export interface Ban<Kind extends BanKind = BanKind> {
  as: Kind;
  /** Addresses and ranges in their usual form, expressions as they were entered. */
  who: string;
  by: string;
  reason: string;
  /** Only told; a ban takes effect at once, whatever it says. */
  at: number;
  /** Absent: for ever. */
  until?: number;
}

/** What is known of a client that may be banned. */
export interface BannableClient {
  clientid: string;
  username?: string | undefined;
  ip_address?: string | undefined;
}

/** Whether a ban is one of a pattern. */
export function isPatternBan(ban: Ban): ban is Ban<PatternKind> {
  return patternKinds.includes(ban.as as PatternKind);
}

/** Whether a ban is over at a time in epoch milliseconds. */
export function isOver({ until }: Pick<Ban, "until">, now: number): boolean {
  return until !== undefined && until <= Math.floor(now / 1000);
}

/** `who` in the form in which it is kept; `undefined` if it is no address, or no range, where one is needed. */
export function normalWho(as: BanKind, who: string): string | undefined {
  if (as === "peerhost") return normalAddress(who);
  return as === "peerhost_net" ? addressRange(who)?.text : who;
}
