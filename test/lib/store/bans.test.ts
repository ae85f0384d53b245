import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { type Ban, banKinds } from "../../../lib/records/ban.ts";
import { PatternListFull, patternVersionKey } from "../../../lib/store/ban-patterns.ts";
import { Bans } from "../../../lib/store/bans.ts";
import { collect } from "../../support/collect.ts";

let local: LocalDatabase;
let bans: Bans;

beforeAll(async () => {
  local = await openLocalDatabase();
  bans = new Bans(local.database);
});

beforeEach(() => bans.clear());
afterAll(() => local.close());

const now = 1_800_000_000_000;
const ban = (given: Partial<Ban> = {}): Ban => ({
  ...{ as: "clientid", who: "c1", by: "mgmt_api", reason: "", at: 1_700_000_000 },
  ...given,
});
const listed = async (at = now) => (await collect(bans.all(banKinds, at))).map(({ who }) => who);

const client = { clientid: "c1", username: "u1", ip_address: "10.1.2.3" };

test.each([
  ["clientid", "c1"],
  ["username", "u1"],
  ["peerhost", "10.1.2.3"],
  ["clientid_re", "^c"],
  ["username_re", "1$"],
  ["peerhost_net", "10.1.0.0/16"],
] as const)("a client is banned by its %s until the ban is over or removed", async (as, who) => {
  const other = { clientid: "d2", username: "v2", ip_address: "10.2.2.3" };
  await bans.add(ban({ as, who, until: now / 1000 + 10 }), now);
  expect(await bans.isBanned(client, now)).toBe(true);
  expect(await bans.isBanned(client, now + 9_999)).toBe(true);
  expect(await bans.isBanned(client, now + 10_000)).toBe(false);
  expect(await bans.isBanned(other, now)).toBe(false);
  expect(await bans.remove(as, who, now)).toBe(true);
  expect(await bans.isBanned(client, now)).toBe(false);
  expect(await bans.remove(as, who, now)).toBe(false);
});

test("a client of which only the id is known can be asked about", async () => {
  await bans.add(ban({ as: "clientid_re", who: "^c" }));
  await bans.add(ban({ as: "username", who: "" }));
  expect(await bans.isBanned({ clientid: "c9" })).toBe(true);
  expect(await bans.isBanned({ clientid: "d9" })).toBe(false);
});

test.each(["", "a\0b", "因".repeat(20_000)])("a client id can be any text", async (who) => {
  await bans.add(ban({ who }));
  expect(await bans.isBanned({ clientid: who })).toBe(true);
  expect(await bans.isBanned({ clientid: `${who}x` })).toBe(false);
  expect(await bans.get("clientid", who)).toEqual(ban({ who }));
});

test.each([
  ["an exact ban", ban({ until: now / 1000 + 10 })],
  ["a ban of a pattern", ban({ as: "clientid_re", who: "^c", until: now / 1000 + 10 })],
])("%s is in the way of another one until it is over, and is then replaced", async (_, first) => {
  const second = { ...first, reason: "again", until: now / 1000 + 60 };
  expect(await bans.add(first, now)).toBeUndefined();
  expect(await bans.add(second, now)).toEqual(first);
  expect(await listed(now + 9_000)).toEqual([first.who]);
  expect(await listed(now + 10_000)).toEqual([]);
  expect(await bans.add(second, now + 10_000)).toBeUndefined();
  expect(await bans.add(first, now + 11_000)).toEqual(second);
});

test("a ban that is over cannot be removed, and its item goes", async () => {
  await bans.add(ban({ until: now / 1000 + 10 }), now);
  expect(await bans.remove("clientid", "c1", now + 10_000)).toBe(false);
  expect(await bans.get("clientid", "c1", now)).toBeUndefined();
});

test("the time to live of an exact ban is its end, and a ban without an end has none", async () => {
  await bans.add(ban({ who: "a", until: 4_000_000_000 }));
  await bans.add(ban({ who: "b" }));
  const { Items = [] } = await local.database.client.send(
    new QueryCommand({
      TableName: local.database.access,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": "banned#clientid" },
    }),
  );
  expect(Items.map(({ expires_at }) => expires_at)).toEqual([4_000_000_000, undefined]);
});

test("patterns are listed first, as they were added; then the others by kind and who", async () => {
  for (const who of ["b", "a"]) await bans.add(ban({ who }));
  await bans.add(ban({ as: "peerhost", who: "10.1.2.3" }));
  for (const who of ["z", "y"]) await bans.add(ban({ as: "username_re", who }));
  expect(await listed()).toEqual(["z", "y", "a", "b", "10.1.2.3"]);
});

test("of bans of patterns that are added and removed at the same time none is lost", async () => {
  const others = [new Bans(local.database), new Bans(local.database)];
  await bans.add(ban({ as: "clientid_re", who: "gone" }));
  const names = Array.from({ length: 12 }, (_, n) => `^client-${n}$`);
  const adding = names.map((who, n) => others[n % 2]?.add(ban({ as: "clientid_re", who })));
  await Promise.all([...adding, bans.remove("clientid_re", "gone")]);
  expect((await listed()).sort()).toEqual([...names].sort());
  for (const n of names.keys()) expect(await bans.isBanned({ clientid: `client-${n}` })).toBe(true);
});

test("of the same ban that is added many times at once one is added", async () => {
  for (const as of ["clientid", "clientid_re"] as const) {
    const results = await Promise.all(
      Array.from({ length: 5 }, (_, n) => bans.add(ban({ as, who: "same", reason: `${n}` }))),
    );
    expect(results.filter((taken) => taken === undefined)).toHaveLength(1);
  }
});

test("who holds patterns in memory learns of every change, also of one that was not finished", async () => {
  const other = new Bans(local.database);
  await other.add(ban({ as: "clientid_re", who: "^c" }));
  expect(await bans.isBanned(client)).toBe(true);
  const { Items: [item] = [] } = await local.database.client.send(
    new QueryCommand({
      TableName: local.database.access,
      KeyConditionExpression: "pk = :pk AND sk = :sk",
      ExpressionAttributeValues: { ":pk": patternVersionKey.pk, ":sk": patternVersionKey.sk },
    }),
  );
  const announced = { ...item, version: Number(item?.version) + 1 };
  await local.database.client.send(new PutCommand({ TableName: local.database.access, Item: announced }));
  expect(await bans.isBanned(client)).toBe(true);
  await other.remove("clientid_re", "^c");
  expect(await bans.isBanned(client)).toBe(false);
  await other.clear();
  await other.add(ban({ as: "peerhost_net", who: "10.1.2.0/24" }));
  expect(await bans.isBanned(client)).toBe(true);
});

test("the list of patterns is bounded, and says so", async () => {
  const reason = "r".repeat(60_000);
  for (let n = 0; n < 5; n++) await bans.add(ban({ as: "clientid_re", who: `${n}`, reason }));
  const another = bans.add(ban({ as: "clientid_re", who: "6", reason }));
  await expect(another).rejects.toThrow(PatternListFull);
  await expect(another).rejects.toThrow("350000 bytes");
  expect(await listed()).toHaveLength(5);
});

test("all bans are removed at once, however many", async () => {
  const names = Array.from({ length: 60 }, (_, n) => `${n}`);
  await Promise.all(names.map((who) => bans.add(ban({ who }))));
  await bans.add(ban({ as: "clientid_re", who: "x" }));
  await bans.clear();
  expect(await listed()).toEqual([]);
  expect(await bans.isBanned({ clientid: "0" })).toBe(false);
  expect(await bans.isBanned({ clientid: "x" })).toBe(false);
});
