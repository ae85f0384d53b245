import type { Session } from "../../lib/records/session.ts";

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
  const tests: [unknown, Test][] = [
    [filter.ip_address, (session) => session.ip_address === filter.ip_address],
    [filter.conn_state, (session) => stateOf(session) === filter.conn_state],
    [filter.clean_start, (session) => session.clean_start === filter.clean_start],
    [filter.proto_ver, (session) => session.proto_ver === filter.proto_ver],
    [filter.like_clientid, (session) => session.clientid.includes(filter.like_clientid ?? "")],
    [filter.like_username, (session) => (session.username ?? "").includes(filter.like_username ?? "")],
    [filter.gte_created_at, (session) => session.created_at >= (filter.gte_created_at ?? 0)],
    [filter.lte_created_at, (session) => session.created_at <= (filter.lte_created_at ?? 0)],
    [filter.gte_connected_at, (session) => session.connected_at >= (filter.gte_connected_at ?? 0)],
    [filter.lte_connected_at, (session) => session.connected_at <= (filter.lte_connected_at ?? 0)],
  ];
  return tests.filter(([given]) => given !== undefined && given !== "").map(([, test]) => test);
}

/** Whether the number of matches is left out of the answer, as EMQX does for these. */
export function isFuzzy({ like_clientid, like_username }: ClientFilter): boolean {
  return Boolean(like_clientid || like_username);
}

const stateOf = ({ connected }: Session) => (connected ? "connected" : "disconnected");
