import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type TestAnswer, TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});

beforeEach(() => api.deps.bans.clear());
afterAll(() => api.close());

const create = (body: unknown, given = {}) => api.call("POST", "/banned", { body, ...given });
const list = () => api.call("GET", "/banned");
const remove = (as: string, who: string) => api.call("DELETE", `/banned/${as}/${encodeURIComponent(who)}`);
const namesOf = ({ json }: TestAnswer) => (json.data as { who: string }[]).map(({ who }) => who).sort();

const seconds = (time: string) => Date.parse(time) / 1000;
const bounds = { at: "2021-10-25T13:43:50+00:00", until: "2100-10-25T13:43:50+00:00" };

describe("creating", () => {
  test("each kind is answered as it was given, in unicode too, and then listed [8.5, 1]", async () => {
    const bans = [
      { as: "clientid", who: "TestClient测试" },
      { as: "peerhost", who: "192.168.2.1" },
      { as: "username_re", who: "BannedUser.*" },
      { as: "clientid_re", who: "BannedClient.*" },
      { as: "peerhost_net", who: "192.168.3.0/24" },
    ].map((ban) => ({ ...ban, by: "banned suite 中", reason: "test测试", ...bounds }));
    for (const ban of bans) expect(await create(ban)).toMatchObject({ status: 200, json: ban });
    const { json } = await list();
    expect(json.data).toHaveLength(5);
    expect(json.data).toEqual(expect.arrayContaining(bans));
    expect(
      json.data
        .slice(0, 3)
        .map(({ as }: { as: string }) => as)
        .sort(),
    ).toEqual([...["clientid_re", "peerhost_net", "username_re"]]);
  });

  test("what is left out has its default, and a ban without an end lasts for ever [8.5, 2]", async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { status, json } = await create({ as: "username", who: "u" });
    expect(status).toBe(200);
    expect(json).toEqual({
      ...{ as: "username", who: "u", by: "mgmt_api", reason: "", until: "infinity" },
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
    });
    expect(Date.parse(json.at)).toBeGreaterThanOrEqual(before);
    expect((await list()).json.data).toEqual([json]);
  });

  test.each([
    ["epoch seconds", seconds(bounds.at), seconds(bounds.until)],
    ["epoch seconds as text", `${seconds(bounds.at)}`, `${seconds(bounds.until)}`],
    ["another zone and a fraction", "2021-10-25T21:43:50.9+08:00", "2100-10-25 05:43:50-08:00"],
  ])("times may be %s", async (_, at, until) => {
    expect((await create({ as: "clientid", who: "c", at, until })).json).toMatchObject(bounds);
  });

  test.each([
    [{ as: "peerhost", who: "2001:DB8:0:0::1" }, "2001:db8::1"],
    [{ as: "peerhost", who: "::ffff:a09:807" }, "::ffff:10.9.8.7"],
    [{ as: "peerhost", who: "10.9" }, "10.0.0.9"],
    [{ as: "peerhost_net", who: "192.168.5.7/24" }, "192.168.5.0/24"],
    [{ as: "peerhost_net", who: "192.168.5.7" }, "192.168.5.7/32"],
    [{ as: "peerhost_net", who: "2001:db8::1" }, "2001:db8::1/128"],
    [{ as: "clientid", who: 12 }, "12"],
    [{ as: "clientid_re", who: "^c[0-9]$" }, "^c[0-9]$"],
  ])("%j is shown in its usual form", async (ban, who) => {
    expect((await create(ban)).json).toMatchObject({ who });
    expect(namesOf(await list())).toEqual([who]);
  });

  test.each([
    ["an address that is none [8.5, 3]", { as: "peerhost", who: "BadHost" }, /^"bad peerhost"$/],
    [
      "an end in the past [8.5, 3]",
      { as: "clientid", who: "c", until: "2020-01-01T00:00:00Z" },
      /^Cannot create expired banned, \d+ to \d+$/,
    ],
    [
      "an end that is now",
      { as: "clientid", who: "c", until: Math.floor(Date.now() / 1000) },
      /^Cannot create expired banned, \d+ to \d+$/,
    ],
    ["a range that is none", { as: "peerhost_net", who: "10.0.0.0/33" }, /range of addresses/],
    ["an expression that is none", { as: "clientid_re", who: "a(" }, /^\{"missing \)",2\}$/],
    [
      "an expression of a kind that cannot be searched fast",
      { as: "username_re", who: "(?=a)" },
      /look-around/,
    ],
    ["an expression that is too long", { as: "username_re", who: "a".repeat(513) }, /512 characters/],
    ["an unknown kind", { as: "ip", who: "c" }, /not_a_enum_symbol/],
    ["a missing who", { as: "clientid" }, /required_field.*|root\.who/],
    ["an unknown field", { as: "clientid", who: "c", since: 1 }, /unknown_fields/],
    ["a time that is none", { as: "clientid", who: "c", at: "soon" }, /bad_rfc3339_timestamp/],
    ["a time before 1970", { as: "clientid", who: "c", at: -1 }, /bad_epoch/],
    ["a start without end", { as: "clientid", who: "c", at: "infinity" }, /bad_rfc3339_timestamp/],
    [
      "an end that is no time",
      { as: "clientid", who: "c", until: "x" },
      /root\.until.*|matched_no_union_member/,
    ],
    ["a reason over every limit", { as: "clientid", who: "c", reason: "r".repeat(65_536) }, /65535 bytes/],
  ])("%s is refused", async (_, body, message) => {
    const { status, json } = await create(body);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(json.message).toMatch(message);
    expect(namesOf(await list())).toEqual([]);
  });

  test("another content type is refused [8.5, 4]", async () => {
    const { status, json } = await create("<a/>", { headers: { "content-type": "application/xml" } });
    expect(status).toBe(415);
    expect(json).toMatchObject({
      code: "UNSUPPORTED_MEDIA_TYPE",
      message: "content-type:application/json Required",
    });
  });

  test.each([
    [
      { as: "clientid", who: "c" },
      { as: "clientid", who: "c" },
    ],
    [
      { as: "clientid_re", who: "^c" },
      { as: "clientid_re", who: "^c" },
    ],
    [
      { as: "peerhost", who: "10.9.8.7" },
      { as: "peerhost", who: "::ffff:10.9.8.7" },
    ],
    [
      { as: "peerhost_net", who: "10.9.8.7/24" },
      { as: "peerhost_net", who: "10.9.8.0/24" },
    ],
  ])("what is banned already is told with the ban that exists: %j", async (first, second) => {
    const { json: existing } = await create({ ...first, reason: "first" });
    const { status, json } = await create({ ...second, reason: "second" });
    expect([status, json.code]).toEqual([400, "ALREADY_EXISTS"]);
    expect(JSON.parse(json.message)).toEqual(existing);
  });

  test("the same text can be banned as each kind", async () => {
    for (const as of ["clientid", "username", "clientid_re", "username_re"]) {
      expect((await create({ as, who: "x" })).status).toBe(200);
    }
    expect(namesOf(await list())).toEqual(["x", "x", "x", "x"]);
  });

  test("a list of patterns that is full is named", async () => {
    const ban = (n: number) => create({ as: "clientid_re", who: `${n}`, reason: "r".repeat(65_000) });
    for (const n of [1, 2, 3, 4, 5]) expect((await ban(n)).status).toBe(200);
    const { status, json } = await ban(6);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(json.message).toContain("350000 bytes");
  });

  test("only administrators may write, and viewers may read", async () => {
    const ban = { as: "clientid", who: "c" };
    expect((await create(ban, { as: "viewer" })).json).toMatchObject({ code: "UNAUTHORIZED_ROLE" });
    expect((await api.call("GET", "/banned", { as: "viewer" })).status).toBe(200);
  });
});

describe("removing", () => {
  test("a ban is removed once, and is then not found [8.5, 5]", async () => {
    for (const [as, who] of [
      ["clientid", "c/1?ü"],
      ["username_re", "a/(b|c)+"],
    ] as const) {
      await create({ as, who });
      expect(await remove(as, who)).toMatchObject({ status: 204, text: "" });
      const { status, json } = await remove(as, who);
      expect([status, json.code, json.message]).toEqual([404, "NOT_FOUND", `${as}: ${who} not found`]);
    }
  });

  test("all bans are removed, whether there are some or none [8.5, 5]", async () => {
    await create({ as: "clientid", who: "c" });
    await create({ as: "clientid_re", who: "^c" });
    expect((await api.call("DELETE", "/banned")).status).toBe(204);
    expect((await api.call("DELETE", "/banned")).status).toBe(204);
    expect((await list()).json).toEqual({ data: [], meta: { page: 1, limit: 100, count: 0 } });
    expect((await remove("clientid", "c")).status).toBe(404);
    expect((await remove("clientid_re", "^c")).status).toBe(404);
  });

  test("another notation of an address or range is the same", async () => {
    await create({ as: "peerhost", who: "2001:db8::1" });
    await create({ as: "peerhost_net", who: "10.9.8.0/24" });
    expect((await remove("peerhost", "2001:DB8:0:0::1")).status).toBe(204);
    expect((await remove("peerhost_net", "10.9.8.200/24")).status).toBe(204);
  });

  test.each([
    ["x", "c", "not_a_enum_symbol"],
    ["peerhost", "bad", '"bad peerhost"'],
    ["peerhost_net", "bad", "range of addresses"],
  ])("%s %s is refused", async (as, who, message) => {
    const { status, json } = await remove(as, who);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(json.message).toContain(message);
  });

  test("what is no expression was never banned", async () => {
    expect((await remove("clientid_re", "(")).json).toMatchObject({ message: "clientid_re: ( not found" });
  });
});
