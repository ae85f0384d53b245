import type { DepsFor } from "../../lib/deps/types.ts";
import type { Session } from "../../lib/records/session.ts";
import { type ClientFilter, isFuzzy, testsOf } from "./filter.ts";

/** How long sessions are read one after the other for a filter that no key serves, in milliseconds. */
const scanBudget = 8_000;

export interface ListRequest {
  page: number;
  limit: number;
  clientid: readonly string[] | undefined;
  username: readonly string[] | undefined;
  filter: ClientFilter;
}

export interface ListedPage {
  sessions: Session[];
  hasnext: boolean;
  count?: number;
}

type Reading = Pick<DepsFor<"registry:read">["sessions"], "all" | "getMany" | "ofUsers" | "page">;

/**
 * A page of sessions. Named clients and users are read by key, an unfiltered page from its place; other filters read
 * on until the page is full, and `hasnext` is true if the time was too short to see the end.
 */
export async function listSessions(sessions: Reading, request: ListRequest): Promise<ListedPage> {
  const { page, limit, clientid, username } = request;
  // An exact value takes the place of a fuzzy one of the same field. [emqx_mgmt_api_clients]
  const filter = {
    ...request.filter,
    ...(clientid && { like_clientid: undefined }),
    ...(username && { like_username: undefined }),
  };
  const offset = (page - 1) * limit;
  const tests = testsOf(filter);
  if (!clientid && !username && tests.length === 0) {
    const { all, ...found } = await sessions.page(offset, limit);
    return { ...found, count: all };
  }
  const candidates = clientid || username ? await named(sessions, clientid, username) : sessions.all();
  return collect(candidates, (session) => tests.every((test) => test(session)), {
    offset,
    limit,
    counted: !isFuzzy(filter),
  });
}

async function named(
  sessions: Reading,
  clientid: readonly string[] | undefined,
  username: readonly string[] | undefined,
): Promise<Session[]> {
  if (!clientid) return sessions.ofUsers(username ?? []);
  const found = await sessions.getMany(clientid);
  return found.filter((session) => !username || username.includes(session.username ?? "\0"));
}

async function collect(
  candidates: Iterable<Session> | AsyncIterable<Session>,
  matches: (session: Session) => boolean,
  { offset, limit, counted }: { offset: number; limit: number; counted: boolean },
): Promise<ListedPage> {
  const deadline = Date.now() + scanBudget;
  const sessions: Session[] = [];
  let count = 0;
  for await (const session of candidates) {
    if (matches(session)) {
      count += 1;
      if (count > offset && sessions.length < limit) sessions.push(session);
    }
    const full = count > offset + limit;
    if ((full && !counted) || Date.now() > deadline) return { sessions, hasnext: true };
  }
  return { sessions, hasnext: count > offset + limit, ...(counted && { count }) };
}
