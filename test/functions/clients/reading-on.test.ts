import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type ClientFilter, storedConditions, testsOf } from "../../../functions/clients/filter.ts";
import { listBehind } from "../../../functions/clients/list.ts";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { visibleSession } from "../../../lib/records/session-state.ts";
import { cursorOf, placeOf } from "../../../lib/store/cursor.ts";
import { Sessions } from "../../../lib/store/sessions.ts";
import { collect } from "../../support/collect.ts";
import { inHashOrder, leftState, seedSessions, sessionState } from "../../support/seed.ts";

const start = 1_700_000_000_000;

/** Clients of many kinds; every seventh is away. */
const states = Array.from({ length: 120 }, (_, n) =>
  (n % 7 === 0 ? leftState : sessionState)(`c${n}`, {
    created_at: start + (n % 10),
    connect: { version: 1, at: start + (n % 13), session_identifier: `${n}` },
    expiry_interval: 0xffff_ffff,
    ...(n % 3 > 0 && { username: `Ü${n % 4}` }),
    ...(n % 4 > 0 && { ip_address: `10.0.0.${n % 5}` }),
  }),
);

let local: LocalDatabase;
let sessions: Sessions;

beforeAll(async () => {
  // The SDK would take a clock that runs fast for a connection that is slow.
  local = await openLocalDatabase(undefined, { direct: true });
  sessions = new Sessions(local.database);
  await seedSessions(local.database, states);
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => local.close());

/** Ids of those who pass, found without the database. */
function passing(filter: ClientFilter): string[] {
  const tests = testsOf(filter);
  const all = states.flatMap((state) => visibleSession(state, Date.now()) ?? []);
  const found = all.filter((session) => tests.every((test) => test(session)));
  return inHashOrder(found.map(({ clientid }) => clientid));
}

const instant = fc.option(
  fc.nat(15).map((n) => start + n),
  { nil: undefined },
);
const filters: fc.Arbitrary<ClientFilter> = fc.record({
  ip_address: fc.constantFrom(undefined, undefined, "10.0.0.1", "10.0.0.4"),
  like_clientid: fc.constantFrom(undefined, "", "c", "1", "c11", "C1"),
  like_username: fc.constantFrom(undefined, "", "Ü", "2", "ü"),
  gte_created_at: instant,
  lte_created_at: instant,
  gte_connected_at: instant,
  lte_connected_at: instant,
});

test("the database leaves out only who does not pass, and sends nobody else", async () => {
  await fc.assert(
    fc.asyncProperty(filters, async (filter) => {
      const steps = await collect(sessions.behind("", { where: storedConditions(filter) }));
      expect(steps.flatMap(({ rows }) => rows.map(({ clientid }) => clientid))).toEqual(passing(filter));
    }),
    { numRuns: 60 },
  );
});

test.each([
  [1, {}],
  [3, { like_clientid: "1" }],
  [50, { like_username: "2" }],
  [5, { like_clientid: "c119" }],
  [5, { like_clientid: "nobody" }],
])(
  "a walk of %j at a time with %j comes to its end, however short the time for each part",
  async (limit, filter) => {
    let now = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => {
      now += 9_000;
      return now;
    });
    const shown: string[] = [];
    for (let place: string | undefined = ""; place !== undefined; ) {
      const request = { place, limit, clientid: undefined, username: undefined, filter };
      const { sessions: rows, next } = await listBehind(sessions, request);
      expect(rows.length).toBeLessThanOrEqual(limit);
      shown.push(...rows.map(({ clientid }) => clientid));
      if (next !== undefined) expect(placeOf(cursorOf(next))).toBe(next);
      place = next;
    }
    expect(shown).toEqual(passing(filter));
  },
);
