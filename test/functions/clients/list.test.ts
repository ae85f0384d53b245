import { afterEach, describe, expect, test, vi } from "vitest";
import { type ListRequest, listSessions } from "../../../functions/clients/list.ts";
import type { Session } from "../../../lib/records/session.ts";
import { sessionKey } from "../../../lib/store/hash-order.ts";
import { testSession } from "../../support/session.ts";

const session = (clientid: string, given: Partial<Session> = {}) => testSession({ clientid, ...given });

/** A registry of ten clients that tells how it was read; `user 1` has every second of them. */
class Registry {
  readonly sessions = Array.from({ length: 10 }, (_, n) => session(`c${n}`, { username: `user ${n % 2}` }));
  /** How many sessions were read one after the other. */
  scanned = 0;

  getMany = vi.fn(async (ids: readonly string[]) =>
    this.sessions.filter(({ clientid }) => ids.includes(clientid)),
  );
  ofUsers = vi.fn(async (names: readonly string[]) =>
    this.sessions.filter(({ username = "" }) => names.includes(username)),
  );
  page = vi.fn(async (offset: number, limit: number) => {
    const sessions = this.sessions.slice(offset, offset + limit);
    return { sessions, hasnext: offset + limit < this.sessions.length, all: this.sessions.length };
  });

  async *behind(place: string) {
    for (const session of this.sessions) {
      const { sk } = sessionKey(session.clientid);
      if (sk <= place) continue;
      this.scanned += 1;
      yield { rows: [session], place: sk };
    }
  }
}

const request = ({ filter = {}, ...given }: Partial<ListRequest> = {}): ListRequest => ({
  ...{ page: 1, limit: 3, clientid: undefined, username: undefined },
  ...given,
  filter,
});

async function list(given: Partial<ListRequest>, registry = new Registry()) {
  const { sessions, ...rest } = await listSessions(registry, request(given));
  return { ids: sessions.map(({ clientid }) => clientid), ...rest };
}

afterEach(() => void vi.restoreAllMocks());

test("a page without conditions is read from its place, and counted by the directory", async () => {
  const registry = new Registry();
  expect(await list({ page: 2 }, registry)).toEqual({ ids: ["c3", "c4", "c5"], hasnext: true, count: 10 });
  expect(registry.page).toHaveBeenCalledWith(3, 3);
  expect(registry.scanned).toBe(0);
});

describe("named clients and users are read by key", () => {
  test("and paged and counted", async () => {
    const registry = new Registry();
    const named = { clientid: ["c1", "c2", "c4", "c9", "nobody"] };
    expect(await list(named, registry)).toEqual({ ids: ["c1", "c2", "c4"], hasnext: true, count: 4 });
    expect(await list({ ...named, page: 2 }, registry)).toEqual({ ids: ["c9"], hasnext: false, count: 4 });
    expect(await list({ ...named, page: 3 }, registry)).toEqual({ ids: [], hasnext: false, count: 4 });
    expect(await list({ username: ["user 1"] }, registry)).toMatchObject({ count: 5, hasnext: true });
    expect(registry.scanned).toBe(0);
  });

  test("and clients that are named with users have to have one of them", async () => {
    const named = { clientid: ["c1", "c2", "c3"], username: ["user 1", "user 5"] };
    expect(await list(named)).toEqual({ ids: ["c1", "c3"], hasnext: false, count: 2 });
  });

  test("and a client without a user name has none that could be named", async () => {
    const registry = new Registry();
    registry.sessions.push(session("bare"));
    expect(await list({ clientid: ["bare"], username: [""] }, registry)).toMatchObject({ ids: [], count: 0 });
  });

  test("and other conditions narrow them", async () => {
    const filter = { like_username: "1" };
    expect(await list({ clientid: ["c1", "c2", "c3"], filter })).toEqual({
      ids: ["c1", "c3"],
      hasnext: false,
    });
  });
});

test("an exact value takes the place of a fuzzy one of the same field, which then does not hide the count", async () => {
  const filter = { like_clientid: "no match", like_username: "no match" };
  const exact = { clientid: ["c1"], username: ["user 1"], filter };
  expect(await list(exact)).toEqual({ ids: ["c1"], hasnext: false, count: 1 });
});

describe("other conditions read on", () => {
  test("to the end if their matches are counted", async () => {
    const registry = new Registry();
    const filter = { conn_state: "connected" } as const;
    expect(await list({ filter }, registry)).toEqual({ ids: ["c0", "c1", "c2"], hasnext: true, count: 10 });
    expect(registry.scanned).toBe(10);
  });

  test("until the page is full and one more is found if they are not", async () => {
    const registry = new Registry();
    const filter = { like_clientid: "c" };
    expect(await list({ filter, page: 2 }, registry)).toEqual({ ids: ["c3", "c4", "c5"], hasnext: true });
    expect(registry.scanned).toBe(7);
  });

  test("and know exactly whether a page is the last", async () => {
    const filter = { like_username: "1" };
    expect(await list({ filter, limit: 5 })).toEqual({ ids: ["c1", "c3", "c5", "c7", "c9"], hasnext: false });
    expect(await list({ filter, limit: 4 })).toMatchObject({ hasnext: true });
    expect(await list({ filter, limit: 4, page: 2 })).toEqual({ ids: ["c9"], hasnext: false });
    expect(await list({ filter, limit: 4, page: 3 })).toEqual({ ids: [], hasnext: false });
  });

  test("and give up when it takes too long, with what they have and without a count", async () => {
    const registry = new Registry();
    vi.spyOn(Date, "now").mockImplementation(() => (registry.scanned < 2 ? 0 : 9_000));
    const filter = { conn_state: "connected" } as const;
    expect(await list({ filter }, registry)).toEqual({ ids: ["c0", "c1"], hasnext: true });
  });
});
