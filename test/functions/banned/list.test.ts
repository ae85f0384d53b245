import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestAnswer, TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  for (const [as, who] of [
    ["clientid", "c1"],
    ["clientid", "c2"],
    ["clientid_re", "c[0-9]"],
    ["username", "u1"],
    ["username_re", "u[0-9]"],
    ["peerhost", "192.168.1.1"],
    ["peerhost", "192.168.1.2"],
    ["peerhost_net", "192.168.0.0/16"],
  ]) {
    await api.call("POST", "/banned", { body: { as, who } });
  }
});

afterAll(() => api.close());

const list = (query: Record<string, string | number> = {}) => {
  const entries = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  return api.call("GET", `/banned?${new URLSearchParams(entries)}`);
};
const namesOf = ({ json }: TestAnswer) => (json.data as { who: string }[]).map(({ who }) => who).sort();

test.each([
  ["clientid", "c1", ["c1"]],
  ["clientid", "c", []],
  ["clientid", "c[0-9]", []],
  ["username", "u1", ["u1"]],
  ["username", "", []],
  ["peerhost", "192.168.1.1", ["192.168.1.1"]],
  ["peerhost", "192.168.257", ["192.168.1.1"]],
  ["peerhost", "192.168.3.3", []],
])("%s=%s finds exactly it, on every page [8.5, 6]", async (name, value, names) => {
  const answer = await list({ [name]: value, page: 7 });
  expect(namesOf(answer)).toEqual(names);
  expect(answer.json.meta).toEqual({ page: 7, limit: 100, hasnext: false, count: names.length });
});

test.each([
  ["like_clientid", "c", ["c1", "c2", "c[0-9]"]],
  ["like_clientid", "c\\d", ["c1", "c2"]],
  ["like_clientid", "C", []],
  ["like_username", "", ["u1", "u[0-9]"]],
  ["like_username", "^u.$", ["u1"]],
  ["like_peerhost", "192.168", ["192.168.1.1", "192.168.1.2"]],
  ["like_peerhost_net", "192.168", ["192.168.0.0/16"]],
])("%s=%s searches, and does not count [8.5, 6]", async (name, value, names) => {
  const answer = await list({ [name]: value });
  expect(namesOf(answer)).toEqual(names);
  expect(answer.json.meta).toEqual({ page: 1, limit: 100, hasnext: false });
});

test("an exact filter takes the place of a search in the same", async () => {
  const answer = await list({ clientid: "c1", like_clientid: "???" });
  expect(namesOf(answer)).toEqual(["c1"]);
});

test.each([
  { clientid: "c1", username: "u1" },
  { clientid: "c1", like_username: "u" },
  { like_clientid: "c", like_username: "u" },
  { peerhost: "bad", like_peerhost_net: "1" },
])("%j are too many", async (filters) => {
  const { status, json } = await list(filters);
  expect([status, json.code, json.message]).toEqual([400, "BAD_REQUEST", "too_many_filters"]);
});

test.each(["like_clientid", "like_peerhost_net"])("%s that is no expression is refused", async (name) => {
  const { status, json } = await list({ [name]: "???" });
  expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
  expect(JSON.parse(json.message)).toEqual({
    message: "The filter is not a validation regex expression",
    ...{ reason: "nothing to repeat", position: 0, filter: "???" },
  });
});

test.each(["bad", ""])("the address %j is refused", async (peerhost) => {
  const { status, json } = await list({ peerhost });
  expect([status, json.code, json.message]).toEqual([400, "BAD_REQUEST", '"bad peerhost"']);
});

test("pages of a search hold each entry once [8.5, 7]", async () => {
  const pages = await Promise.all([1, 2, 3, 4].map((page) => list({ like_clientid: "c", limit: 1, page })));
  expect(pages.flatMap(namesOf).sort()).toEqual(["c1", "c2", "c[0-9]"]);
  expect(pages.map(({ json }) => json.meta.hasnext)).toEqual([true, true, false, false]);
});

test("pages of all hold each entry once, and count all", async () => {
  const pages = await Promise.all([1, 2, 3, 4].map((page) => list({ limit: 3, page })));
  expect(pages.map(({ json }) => json.data.length)).toEqual([3, 3, 2, 0]);
  expect(new Set(pages.flatMap(namesOf)).size).toBe(8);
  expect(pages.map(({ json }) => json.meta)).toEqual(
    [1, 2, 3, 4].map((page) => ({ page, limit: 3, count: 8 })),
  );
});
