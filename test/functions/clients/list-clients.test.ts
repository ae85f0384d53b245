import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connected, connectedPersistent, disconnected } from "../../support/events.ts";
import { TestApi, testNode } from "../../support/test-api.ts";

const start = Date.now() - 60_000;
const ids = Array.from({ length: 8 }, (_, n) => `client${n + 1}`);

let api: TestApi;

/** Eight clients; `user1` has the first two, `user2` the next two, and so on; the last one is away. */
beforeAll(async () => {
  api = await TestApi.start();
  for (const [n, id] of ids.entries()) {
    const session = { username: `user${Math.floor(n / 2) + 1}`, proto_ver: n < 4 ? 4 : 3 };
    const connect = n === 7 ? connectedPersistent : connected;
    api.registry.push(connect(id, { session, timestamp: start + n, ipAddress: `10.0.0.${n + 1}` }));
  }
  api.registry.push(disconnected("client8", { timestamp: start + 10 }));
  await api.registry.idle();
});

afterAll(() => api.close());

const list = (query: string) => api.call("GET", `/clients?${query}`, { as: "viewer" });

/** The client ids of an answer, sorted: the order of a list is total, and not by name. */
async function idsOf(query: string): Promise<string[]> {
  const { status, json } = await list(query);
  expect(status).toBe(200);
  return json.data.map(({ clientid }: { clientid: string }) => clientid).sort();
}

const named = (...clientids: string[]) =>
  clientids.map((id) => `clientid=${encodeURIComponent(id)}`).join("&");

describe("pages", () => {
  test("follow each other without gaps, as the unpaged list has them", async () => {
    const all = (await list("")).json.data;
    const pages = await Promise.all([1, 2, 3].map((page) => list(`limit=3&page=${page}`)));
    expect(pages.flatMap(({ json }) => json.data)).toEqual(all);
    expect(pages.map(({ json }) => json.meta)).toEqual([
      { page: 1, limit: 3, count: 8, hasnext: true },
      { page: 2, limit: 3, count: 8, hasnext: true },
      { page: 3, limit: 3, count: 8, hasnext: false },
    ]);
  });

  test("end exactly, and are empty past the end", async () => {
    expect((await list("limit=4&page=2")).json.meta.hasnext).toBe(false);
    const { status, json } = await list("limit=5&page=10");
    expect(status).toBe(200);
    expect(json).toEqual({ data: [], meta: { page: 10, limit: 5, count: 8, hasnext: false } });
  });

  test.each(["page=1", "limit=1", "limit=10000", "page=1000000&limit=10000"])("may be %s", async (query) => {
    expect((await list(query)).status).toBe(200);
  });

  test.each([
    ["page=0", "page", "pos_integer()"],
    ["page=-1", "page", "pos_integer()"],
    ["page=x", "page", "pos_integer()"],
    ["limit=0", "limit", "1..10000"],
    ["limit=10001", "limit", "1..10000"],
    ["limit=-5&page=0", "page", "pos_integer()"],
  ])("cannot be %s", async (query, path, expected) => {
    const { status, json } = await list(query);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ path, reason: { expected } });
  });

  test("of filtered lists follow each other too", async () => {
    const query = `${named(...ids)}&limit=5`;
    const [first, second] = [await list(query), await list(`${query}&page=2`)];
    expect([first.json.data.length, second.json.data.length]).toEqual([5, 3]);
    expect([first.json.meta.hasnext, second.json.meta.hasnext]).toEqual([true, false]);
    expect(new Set([...first.json.data, ...second.json.data].map(({ clientid }) => clientid)).size).toBe(8);
  });
});

describe("the number of matches", () => {
  test.each([
    [named("client1", "nobody"), 1],
    ["username=user1", 2],
    ["conn_state=connected", 7],
    ["proto_ver=3", 4],
    [`node=${testNode}`, 8],
    ["like_clientid=", 8],
    [`${named("client1")}&like_clientid=x`, 1],
    ["username=user1&like_username=x", 2],
  ])("of %s is %d", async (query, count) => {
    expect((await list(query)).json.meta).toEqual({ page: 1, limit: 100, hasnext: false, count });
  });

  test.each(["like_clientid=client", "like_username=nobody", `${named("client1")}&like_username=user`])(
    "of %s is not told",
    async (query) => {
      expect((await list(query)).json.meta).toEqual({ page: 1, limit: 100, hasnext: false });
    },
  );
});

describe("filters", () => {
  test.each([
    [named("nobody"), []],
    [named("client1", "client1"), ["client1"]],
    [named("client1", "nobody", "client5"), ["client1", "client5"]],
    [named("CLIENT1"), []],
    ["username=user1", ["client1", "client2"]],
    ["username=user1&username=user2&username=nouser", ["client1", "client2", "client3", "client4"]],
    [`${named("client1")}&username=user2`, []],
    [`${named("client1", "client3")}&username=user2`, ["client3"]],
    [`${named(...ids)}&like_clientid=does-not-matter`, ids],
    [`${named(...ids)}&like_username=user1`, ["client1", "client2"]],
    [`${named(...ids)}&like_username=nouser`, []],
    ["username=user1&like_clientid=2", ["client2"]],
    ["like_clientid=ent8", ["client8"]],
    ["like_clientid=1&like_username=1", ["client1"]],
    ["like_username=&conn_state=disconnected", ["client8"]],
    ["conn_state=idle", []],
    ["clean_start=false", ["client8"]],
    ["proto_ver=3&conn_state=connected", ["client5", "client6", "client7"]],
    ["proto_ver=99", []],
    ["ip_address=10.0.0.2", ["client2"]],
    ["ip_address=10.3", ["client3"]],
    ["ip_address=::1", []],
    ["like_ip_address=none&unknown=1", ids],
  ])("%s", async (query, expected) => {
    expect(await idsOf(query)).toEqual(expected);
  });

  test("on times take epoch milliseconds and RFC 3339, bounds included", async () => {
    const rfc = (offset: number) => encodeURIComponent(new Date(start + offset).toISOString());
    expect(await idsOf(`gte_created_at=${start + 2}&lte_created_at=${start + 3}`)).toEqual([
      "client3",
      "client4",
    ]);
    expect(await idsOf(`gte_connected_at=${rfc(2)}&lte_connected_at=${rfc(2)}`)).toEqual(["client3"]);
    expect(await idsOf(`lte_created_at=${Date.now()}`)).toEqual(ids);
    expect(await idsOf(`gte_created_at=${Date.now()}`)).toEqual([]);
    expect(await idsOf(`gte_connected_at=${rfc(60_000)}`)).toEqual([]);
  });

  test.each([
    ["gte_created_at=2026-01-01T00:00:00", "gte_created_at"],
    ["lte_connected_at=2026-01-01T00:00:00+08:00", "lte_connected_at"],
    ["conn_state=Connected", "conn_state"],
    ["clean_start=1", "clean_start"],
    ["fields=clientid&fields=username", "fields"],
  ])("%s is a bad request", async (query, path) => {
    const { status, json } = await list(query);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message).path).toBe(path);
  });

  test.each([
    ["ip_address", "ip", "127.0.0.1:8080"],
    ["ip_address", "ip", "999.1.1.1"],
    ["ip_address", "ip", ""],
    ["proto_ver", "integer", "five"],
    ["proto_ver", "integer", "4.0"],
    ["proto_ver", "integer", ""],
  ])("%s is no %s if it is %j", async (name, type, value) => {
    const { status, json } = await list(`${name}=${value}`);
    const text = `the ${name} parameter expected type is ${type}, but the value is ${value}`;
    expect([status, json]).toEqual([400, { code: "INVALID_PARAMETER", message: text, reason: text }]);
  });

  test.each(["nonode@nohost", ""])("the node %j is not there: 500 NODE_DOWN", async (node) => {
    const { status, json } = await list(`node=${node}`);
    expect([status, json.code]).toEqual([500, "NODE_DOWN"]);
  });
});
