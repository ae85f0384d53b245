import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { Sessions } from "../../../lib/store/sessions.ts";
import { inHashOrder, leftState, seedSessions, sessionState } from "../../support/seed.ts";

let local: LocalDatabase;
let sessions: Sessions;

beforeAll(async () => {
  local = await openLocalDatabase();
  sessions = new Sessions(local.database);
});

afterAll(() => local.close());

const idsOf = (found: readonly { clientid: string }[]) => found.map(({ clientid }) => clientid);

const create = (clientid: string, given: Parameters<typeof sessionState>[1] = {}) =>
  sessions.change(clientid, () => sessionState(clientid, given));

test("no change is lost when many are made at once", async () => {
  const add = () =>
    sessions.change("busy", (state = sessionState("busy")) => ({
      ...state,
      subscriptions_cnt: state.subscriptions_cnt + 1,
    }));
  await Promise.all(Array.from({ length: 20 }, add));
  expect(await sessions.get("busy")).toMatchObject({ subscriptions_cnt: 20 });
});

test("a change that came second is made again from what the first one left", async () => {
  await create("twice");
  const seen: (number | undefined)[] = [];
  await sessions.change("twice", async (state) => {
    seen.push(state?.port);
    if (seen.length === 1) await create("twice", { port: 1 });
    return sessionState("twice", { ...state, keepalive: 5 });
  });
  expect(seen).toEqual([undefined, 1]);
  expect(await sessions.get("twice")).toMatchObject({ port: 1, keepalive: 5 });
});

test("a change that is none leaves everything as it is", async () => {
  await create("same", { port: 1 });
  const before = await sessions.state("same");
  expect(await sessions.change("same", (state) => state)).toEqual(before);
  expect(await sessions.change("same", () => undefined)).toEqual(before);
  expect(await sessions.change("nobody", () => undefined)).toBeUndefined();
  expect(await sessions.state("nobody")).toBeUndefined();
});

test("what is remembered comes back whole, with facts that equal what is assumed", async () => {
  const state = leftState("whole", {
    username: "u",
    ip_address: "::1",
    port: 1,
    listener: "ws:default",
    proto_name: "MQIsdp",
    proto_ver: 3,
    clean_start: false,
    keepalive: 0,
    expiry_interval: 7_200,
    is_bridge: true,
    disconnect: { version: 4, at: Date.now(), ended: true },
    subscriptions_cnt: 3,
    early: { session_identifier: "other", at: Date.now() },
  });
  await sessions.change("whole", () => state);
  expect(await sessions.state("whole")).toEqual(state);
  await create("assumed", { keepalive: 60, expiry_interval: 0, is_bridge: false });
  expect(await sessions.get("assumed")).toMatchObject({
    keepalive: 60,
    expiry_interval: 0,
    is_bridge: false,
  });
});

test("a client that is gone is remembered and not shown", async () => {
  await sessions.change("gone", () => leftState("gone", { username: "gone user" }));
  expect(await sessions.state("gone")).toBeDefined();
  expect(await sessions.get("gone")).toBeUndefined();
  expect(await sessions.getMany(["gone"])).toEqual([]);
  expect(await sessions.ofUsers(["gone user"])).toEqual([]);
});

test.each([
  ["of 65,535 bytes", "x".repeat(65_535)],
  ["like it but for its last byte", `${"x".repeat(65_534)}y`],
  ["with a NUL", "a\0b"],
  ["with an emoji", "client 😀"],
  ["of 65,535 bytes in emoji", `${"😀".repeat(16_383)}xyz`],
  ["that looks like a key", "0123456789abcdef#=a"],
])("a client id %s is kept whole", async (_, clientid) => {
  await create(clientid);
  expect((await sessions.get(clientid))?.clientid).toBe(clientid);
  expect(idsOf(await sessions.getMany([clientid]))).toEqual([clientid]);
});

test("getMany finds each client once, in hash order, and passes over unknown ones", async () => {
  const clientids = Array.from({ length: 250 }, (_, n) => `many-${n}`);
  await seedSessions(
    local.database,
    clientids.map((clientid) => sessionState(clientid)),
  );
  const found = await sessions.getMany([...clientids, "unknown", ...clientids.slice(0, 5)]);
  expect(idsOf(found)).toEqual(inHashOrder(clientids));
  expect(await sessions.getMany([])).toEqual([]);
});

test("ofUsers finds the clients of all given users in hash order", async () => {
  await create("u1-a", { username: "u1" });
  await create("u1-b", { username: "u1" });
  await create("u2-a", { username: "u2" });
  await create("u3-a", { username: "u3" });
  const found = await sessions.ofUsers(["u2", "u1", "u1", "unknown"]);
  expect(idsOf(found)).toEqual(inHashOrder(["u1-a", "u1-b", "u2-a"]));
});

test.each([
  ["empty", ""],
  ["of 65,535 bytes", "u".repeat(65_535)],
])("a user name that is %s finds its clients and no others", async (name, username) => {
  await create(`named ${name}`, { username });
  await create(`unnamed ${name}`);
  expect(idsOf(await sessions.ofUsers([username]))).toEqual([`named ${name}`]);
});

test("ofUsers follows a client that connects under another name", async () => {
  await create("renamed", { username: "before" });
  await create("renamed", { username: "after" });
  expect(await sessions.ofUsers(["before"])).toEqual([]);
  expect(idsOf(await sessions.ofUsers(["after"]))).toEqual(["renamed"]);
});
