import type { Session } from "../../lib/records/session.ts";
import type { Condition } from "../../lib/store/query.ts";

/** The conditions of a list, as far as they are not keys. Instants are epoch milliseconds. */
export interface ClientFilter {
  ip_address?: string | undefined;
  conn_state?: "connected" | "idle" | "disconnected" | undefined;
  clean_start?: boolean | undefined;
  proto_ver?: number | undefined;
  like_clientid?: string | undefined;
  like_username?: string | undefined;
  gte_created_at?: number | undefined;
  lte_created_at?: number | undefined;
  gte_connected_at?: number | undefined;
  lte_connected_at?: number | undefined;
}

type Test = (session: Session) => boolean;

/** One test for each condition that is given; a session is listed if it passes all. */
export function testsOf(filter: ClientFilter): Test[] {
  const { conn_state, clean_start, proto_ver } = filter;
  const others: [unknown, Test][] = [
    [conn_state, ({ connected }) => (connected ? "connected" : "disconnected") === conn_state],
    [clean_start, (session) => session.clean_start === clean_start],
    [proto_ver, (session) => session.proto_ver === proto_ver],
  ];
  return [
    ...storedConditions(filter).map(
      (condition): Test =>
        (session) =>
          meets(session, condition),
    ),
    ...others.filter(([given]) => given !== undefined).map(([, test]) => test),
  ];
}

interface StoredCondition extends Condition {
  attribute: "clientid" | "username" | "ip_address" | "created_at" | "connected_at";
}

/** The conditions on what a session's item holds just as the session does. */
export function storedConditions(filter: ClientFilter): StoredCondition[] {
  const all = [
    ["ip_address", "=", filter.ip_address],
    ["clientid", "contains", filter.like_clientid],
    ["username", "contains", filter.like_username],
    ["created_at", ">=", filter.gte_created_at],
    ["created_at", "<=", filter.lte_created_at],
    ["connected_at", ">=", filter.gte_connected_at],
    ["connected_at", "<=", filter.lte_connected_at],
  ] as const;
  return all.flatMap(([attribute, test, value]) =>
    value === undefined || value === "" ? [] : [{ attribute, test, value }],
  );
}

function meets(session: Session, { attribute, test, value }: StoredCondition): boolean {
  const held = session[attribute];
  if (held === undefined) return false;
  switch (test) {
    case "contains":
      return String(held).includes(String(value));
    case "=":
      return held === value;
    case ">=":
      return held >= value;
    case "<=":
      return held <= value;
  }
}

/** Whether the number of matches is left out of the answer, as EMQX does for these. */
export function isFuzzy({ like_clientid, like_username }: ClientFilter): boolean {
  return Boolean(like_clientid || like_username);
}
