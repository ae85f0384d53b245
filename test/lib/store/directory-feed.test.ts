import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { feedDirectory, type ItemChange, recountDirectory } from "../../../lib/store/directory-feed.ts";
import { sessionKey } from "../../../lib/store/hash-order.ts";
import { Sessions } from "../../../lib/store/sessions.ts";
import { collect } from "../../support/collect.ts";
import { clientidsBelow, inHashOrder, leftState, seedSessions, sessionState } from "../../support/seed.ts";

let local: LocalDatabase;
let sessions: Sessions;
let changes: ItemChange[] = [];

beforeAll(async () => {
  local = await openLocalDatabase();
  sessions = new Sessions(local.database);
  local.changes.watch((change) => changes.push(change));
});

afterAll(() => local.close());

beforeEach(async () => {
  for (const { clientid } of await collect(sessions.states())) await remove(clientid);
  await recountDirectory(sessions);
  changes = [];
});

const connect = (clientid: string) => sessions.change(clientid, () => sessionState(clientid));
const leave = (clientid: string) => sessions.change(clientid, () => leftState(clientid));
const stay = (clientid: string) =>
  sessions.change(clientid, () => leftState(clientid, { expiry_interval: 7_200 }));
const remove = (clientid: string) =>
  local.database.client.send(
    new DeleteCommand({ TableName: local.database.registry, Key: sessionKey(clientid) }),
  );

const feed = (batch: readonly ItemChange[], shard = "shard") => feedDirectory(sessions, shard, batch);

/** The counts of the root without those that are zero. */
async function rootCounts() {
  const { counts, connected } = await sessions.directory.root();
  return { connected, counts: Object.fromEntries([...counts].filter(([, count]) => count !== 0)) };
}

async function recounted() {
  await recountDirectory(sessions);
  return rootCounts();
}

test("connects, disconnects and ends are counted", async () => {
  for (const clientid of ["a", "b", "c", "d"]) await connect(clientid);
  await stay("b");
  await leave("c");
  await leave("d");
  await remove("d");
  await feed(changes);
  expect(await sessions.totals()).toEqual({ all: 2, connected: 1 });
});

test("a batch that comes again, whole or in part, counts once", async () => {
  for (const clientid of ["a", "b", "c"]) await connect(clientid);
  for (const batch of [changes.slice(0, 2), changes.slice(0, 2), changes.slice(0, 1), changes, changes]) {
    await feed(batch);
  }
  expect(await sessions.totals()).toEqual({ all: 3, connected: 3 });
});

test("the same batch fed twice at once counts once", async () => {
  for (const clientid of ["a", "b", "c"]) await connect(clientid);
  await Promise.all([feed(changes), feed(changes), feed(changes)]);
  expect(await sessions.totals()).toEqual({ all: 3, connected: 3 });
});

test("each shard of the stream has its own position", async () => {
  await connect("a");
  await connect("b");
  const [first, second] = changes;
  if (!first || !second) throw new Error("there are two changes");
  await feed([second], "one");
  await feed([first], "other");
  expect(await sessions.totals()).toEqual({ all: 2, connected: 2 });
});

test("changes of other items and changes that move no count are not written", async () => {
  await connect("a");
  await feed(changes);
  const position = (await sessions.directory.root()).applied.get("shard");
  await connect("a");
  const foreign = changes.map((change) => ({ ...change, pk: "subscription#0", before: undefined }));
  await feed([...changes.slice(1), ...foreign]);
  expect((await sessions.directory.root()).applied.get("shard")).toBe(position);
});

const actions = { connect, leave, stay, remove };
const history = fc.array(
  fc.tuple(
    fc.constantFrom("connect", "connect", "leave", "stay", "remove"),
    fc.constantFrom("a", "b", "c", "d", "e", "f"),
  ),
  { minLength: 1, maxLength: 25 },
);
/** How far each delivery goes on, and how far it reaches back into what was delivered. */
const deliveries = fc.array(fc.record({ size: fc.integer({ min: 1, max: 8 }), back: fc.nat(8) }), {
  minLength: 25,
  maxLength: 25,
});

test("any split of a history into batches, with any of them repeated, gives the counts of a recount", async () => {
  await fc.assert(
    fc.asyncProperty(history, deliveries, async (history, deliveries) => {
      changes = [];
      for (const [action, clientid] of history) await actions[action](clientid);
      for (const shards of [
        ["0", "1", "2", "3", "4", "5", "6", "7"],
        ["8", "9", "a", "b", "c", "d", "e", "f"],
      ]) {
        const own = changes.filter(({ pk }) => shards.includes(pk.slice(-1)));
        let delivered = 0;
        for (const { size, back } of deliveries) {
          await feed(own.slice(Math.max(delivered - back, 0), delivered + size), shards[0]);
          delivered = Math.min(delivered + size, own.length);
        }
      }
      const counted = await rootCounts();
      expect(counted).toEqual(await recounted());
    }),
    { numRuns: 40 },
  );
});

async function expectRightPages(listed: readonly string[]) {
  const order = inHashOrder(listed);
  for (let offset = 0; offset <= order.length; offset += 10) {
    const { sessions: shown, all } = await sessions.page(offset, 1);
    expect(shown.map(({ clientid }) => clientid)).toEqual(order.slice(offset, offset + 1));
    expect(all).toBe(order.length);
  }
}

const crowd = clientidsBelow("7f", 410);

async function gather(clientids: readonly string[]) {
  await seedSessions(
    local.database,
    clientids.map((clientid) => sessionState(clientid)),
  );
  await recountDirectory(sessions);
}

test("a prefix that grows crowded gets a leaf, which stays right", async () => {
  await gather(crowd.slice(0, 400));
  expect((await sessions.directory.root()).leaves.size).toBe(0);
  for (const clientid of crowd.slice(400)) await connect(clientid);
  await feed(changes);
  expect((await sessions.directory.root()).leaves).toEqual(new Set(["7f"]));
  await expectRightPages(crowd);

  changes = [];
  for (const clientid of crowd.slice(0, 30)) await leave(clientid);
  for (const clientid of crowd.slice(10, 20)) await connect(clientid);
  await feed(changes.slice(0, 15));
  await feed(changes);
  await feed(changes.slice(5));
  await expectRightPages([...crowd.slice(10, 20), ...crowd.slice(30)]);
});

test("a prefix that was crowded and is empty when its changes arrive can be fed", async () => {
  await gather(crowd.slice(0, 400));
  for (const clientid of crowd.slice(400)) await connect(clientid);
  const arrivals = [...changes];
  for (const clientid of crowd) await leave(clientid);
  await feed(arrivals);
  await feed(changes);
  expect(await sessions.totals()).toEqual({ all: 0, connected: 0 });
});

test("a recount leaves nothing behind of what a leaf held before", async () => {
  await gather(crowd);
  const survivors = inHashOrder(crowd).slice(5);
  for (const clientid of inHashOrder(crowd).slice(0, 5)) await remove(clientid);
  await recountDirectory(sessions);
  await expectRightPages(survivors);
});
