import type { DepsFor } from "../../lib/deps/types.ts";
import type { Session } from "../../lib/records/session.ts";
import { sessionKey } from "../../lib/store/hash-order.ts";
import { matchingPage, nextMatches } from "../../lib/store/matching-page.ts";
import { type ClientFilter, isFuzzy, storedConditions, testsOf } from "./filter.ts";

/** Whom a list is about. */
export interface Selection {
  clientid: readonly string[] | undefined;
  username: readonly string[] | undefined;
  filter: ClientFilter;
}

export interface ListRequest extends Selection {
  page: number;
  limit: number;
}

export interface ListedPage {
  sessions: Session[];
  hasnext: boolean;
  count?: number;
}

type Reading = Pick<DepsFor<"registry:read">["sessions"], "behind" | "getMany" | "ofUsers" | "page">;

/**
 * A page of sessions. Named clients and users are read by key, an unfiltered page from its place; other filters read
 * on until the page is full, and `hasnext` is true if the time was too short to see the end.
 */
export async function listSessions(sessions: Reading, request: ListRequest): Promise<ListedPage> {
  const { page, limit } = request;
  const { filter, matches, where, isOpen } = conditionsOf(request);
  const offset = (page - 1) * limit;
  if (isOpen) {
    const { all, ...found } = await sessions.page(offset, limit);
    return { ...found, count: all };
  }
  const names = await named(sessions, request);
  const steps = names ? [{ rows: names }] : sessions.behind("", { where });
  const counted = !isFuzzy(filter);
  const { rows, ...rest } = await matchingPage(steps, matches, { offset, limit, counted });
  return { sessions: rows, ...rest };
}

/**
 * The next sessions behind a place in the order of all clients, and the place of the last one that was looked at, if
 * there may be more. Costs what is read, wherever the place is.
 */
export async function listBehind(
  sessions: Reading,
  { place, limit, ...selection }: Selection & { place: string; limit: number },
): Promise<{ sessions: Session[]; next: string | undefined }> {
  const { matches, where, isOpen } = conditionsOf(selection);
  const names = await named(sessions, selection);
  const steps = names
    ? [{ rows: names.filter(({ clientid }) => placeOfClient(clientid) > place) }]
    : sessions.behind(place, { where, expected: isOpen ? limit + 1 : undefined });
  const { rows, hasnext, place: reached } = await nextMatches(steps, matches, limit);
  const last = rows.at(-1);
  return { sessions: rows, next: hasnext ? (reached ?? (last && placeOfClient(last.clientid))) : undefined };
}

function conditionsOf({ clientid, username, filter: given }: Selection) {
  // An exact value takes the place of a fuzzy one of the same field. [emqx_mgmt_api_clients]
  const filter = {
    ...given,
    ...(clientid && { like_clientid: undefined }),
    ...(username && { like_username: undefined }),
  };
  const tests = testsOf(filter);
  return {
    filter,
    matches: (session: Session) => tests.every((test) => test(session)),
    where: storedConditions(filter),
    isOpen: !clientid && !username && tests.length === 0,
  };
}

const placeOfClient = (clientid: string) => sessionKey(clientid).sk;

/** The sessions of named clients or users, in hash order; `undefined` if none are named. */
async function named(sessions: Reading, { clientid, username }: Selection): Promise<Session[] | undefined> {
  if (!clientid) return username && sessions.ofUsers(username);
  const found = await sessions.getMany(clientid);
  return found.filter((session) => !username || username.includes(session.username ?? "\0"));
}
