import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { recountDirectory } from "../../../lib/store/directory-feed.ts";
import { Sessions } from "../../../lib/store/sessions.ts";
import { collect } from "../../support/collect.ts";
import { clientidsBelow, inHashOrder, leftState, seedSessions, sessionState } from "../../support/seed.ts";

/** A prefix with so many sessions that it has a leaf, the last one of all, and one without any session. */
const crowded = "7f";
const last = "ff";
const empty = "3a";

let local: LocalDatabase;
let sessions: Sessions;
let order: string[];

beforeAll(async () => {
  local = await openLocalDatabase();
  sessions = new Sessions(local.database);
  const scattered = Array.from({ length: 400 }, (_, n) => `scattered-${n}`);
  const spared = new Set(clientidsBelow(empty, 1));
  const listed = [...scattered, ...clientidsBelow(crowded, 450), ...clientidsBelow(last, 3)];
  order = inHashOrder(listed.filter((clientid) => !spared.has(clientid)));
  const gone = [...clientidsBelow(crowded, 500).slice(450), ...clientidsBelow("00", 30), "gone-1", "gone-2"];
  await seedSessions(local.database, [
    ...order.map((clientid, n) =>
      n % 3 === 0 ? leftState(clientid, { expiry_interval: 7_200 }) : sessionState(clientid),
    ),
    ...gone.map((clientid) => leftState(clientid)),
  ]);
  await recountDirectory(sessions);
});

afterAll(() => local.close());

async function page(offset: number, limit: number) {
  const { sessions: rows, ...rest } = await sessions.page(offset, limit);
  return { ids: rows.map(({ clientid }) => clientid), ...rest };
}

test("a crowded prefix has a leaf", async () => {
  expect((await sessions.directory.root()).leaves).toEqual(new Set([crowded]));
});

test.each([7, 100, 449, 852, 853, 10_000])(
  "pages of %i, one after the other, show everyone once",
  async (limit) => {
    const shown: string[] = [];
    for (let offset = 0; ; offset += limit) {
      const { ids, hasnext, all } = await page(offset, limit);
      expect(all).toBe(order.length);
      expect(hasnext).toBe(offset + limit < order.length);
      shown.push(...ids);
      if (!hasnext) break;
    }
    expect(shown).toEqual(order);
  },
);

test("a page can begin at any place of a crowded prefix and of its neighbours", async () => {
  const first = order.findIndex((clientid) => clientidsBelow(crowded, 1).includes(clientid));
  for (let offset = Math.max(first - 20, 0); offset < first + 470; offset += 3) {
    expect((await page(offset, 2)).ids).toEqual(order.slice(offset, offset + 2));
  }
});

test("a page beyond the end is empty and knows how many there are", async () => {
  const beyond = { ids: [], hasnext: false, all: order.length };
  expect(await page(order.length, 10)).toEqual(beyond);
  expect(await page(1e9, 10)).toEqual(beyond);
});

test("totals tell connected clients from all sessions", async () => {
  const connected = order.filter((_, n) => n % 3 !== 0).length;
  expect(await sessions.totals()).toEqual({ all: order.length, connected });
});

test("all() walks through everyone in the same order", async () => {
  const walked = await collect(sessions.all());
  expect(walked.map(({ clientid }) => clientid)).toEqual(order);
});

test("a session that has expired and is not deleted yet keeps its place and is not shown", async () => {
  const [clientid = ""] = order.slice(300);
  const longAgo = { version: 1, at: Date.now() - 60_000 };
  await seedSessions(local.database, [leftState(clientid, { expiry_interval: 1, disconnect: longAgo })]);
  expect((await page(300, 2)).ids).toEqual(order.slice(301, 302));
  expect((await page(301, 2)).ids).toEqual(order.slice(301, 303));
});
