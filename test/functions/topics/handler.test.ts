import { afterAll, beforeAll, expect, test } from "vitest";
import { connected, subscribed, unsubscribed } from "../../support/events.ts";
import { TestApi, testNode } from "../../support/test-api.ts";

let api: TestApi;

/** Two clients with two filters in common; `t_paging` of upstream has as many. */
const plain = ["test_topic", "test_topic_2", "test_%%1", "a/b", "a/+", "#", "+/c", "t/+"];
const shared = ["$share/g1/t/+", "$share/g2/t/+", "$queue/t/+", "$share/g1/a/b"];

beforeAll(async () => {
  api = await TestApi.start();
  api.registry.push(connected("one"));
  api.registry.push(connected("two"));
  api.registry.push(subscribed("one", [...plain.slice(0, 5), ...shared.slice(0, 2)]));
  api.registry.push(subscribed("two", [...plain.slice(3), ...shared.slice(1)]));
  await api.registry.idle();
});
afterAll(() => api.close());

async function list(query: string) {
  const { status, json } = await api.call("GET", `/topics?${query}`);
  expect(status).toBe(200);
  const rows = json.data as { topic: string; node: string }[];
  expect(rows.every(({ node }) => node === testNode)).toBe(true);
  return { topics: rows.map(({ topic }) => topic), meta: json.meta };
}

const sorted = (topics: readonly string[]) => topics.toSorted();

test("each filter in use is listed once, those without wildcards first", async () => {
  const { topics, meta } = await list("");
  expect(sorted(topics)).toEqual(sorted([...plain, ...shared]));
  expect(meta).toEqual({ page: 1, limit: 100, hasnext: false, count: 12 });
  const wild = topics.map((topic) => /[+#]/.test(topic));
  expect(wild).toEqual(wild.toSorted());
});

test("pages show each filter once, and every one of them counts all", async () => {
  const first = await list("limit=5");
  const second = await list("limit=5&page=2");
  const third = await list("limit=5&page=3");
  expect(first.meta).toEqual({ page: 1, limit: 5, hasnext: true, count: 12 });
  expect(second.meta).toEqual({ page: 2, limit: 5, hasnext: true, count: 12 });
  expect(third.meta).toEqual({ page: 3, limit: 5, hasnext: false, count: 12 });
  const all = [...first.topics, ...second.topics, ...third.topics];
  expect(all).toEqual((await list("")).topics);
  expect((await list("page=9")).meta).toEqual({ page: 9, limit: 100, hasnext: false, count: 12 });
});

test("a node's filters are those that are not shared, counted where they end", async () => {
  const all = await list(`node=${testNode}`);
  expect(sorted(all.topics)).toEqual(sorted(plain));
  expect(all.meta).toEqual({ page: 1, limit: 100, hasnext: false, count: 8 });
  const first = await list(`node=${testNode}&limit=3`);
  expect(first.meta).toEqual({ hasnext: true, page: 1, limit: 3 });
  const last = await list(`node=${testNode}&limit=3&page=3`);
  expect(last.meta).toEqual({ hasnext: false, page: 3, limit: 3, count: 8 });
  expect([
    ...first.topics,
    ...(await list(`node=${testNode}&limit=3&page=2`)).topics,
    ...last.topics,
  ]).toEqual(all.topics);
});

test.each([
  [`topic=test_topic_2&node=${testNode}`, ["test_topic_2"]],
  ["topic=test_%25%251", ["test_%%1"]],
  ["topic=t/%2B", ["$queue/t/+", "$share/g1/t/+", "$share/g2/t/+", "t/+"]],
  [`topic=t/%2B&node=${testNode}`, ["t/+"]],
  ["topic=$share/g1/t/%2B", ["$share/g1/t/+"]],
  [`topic=$share/g1/t/%2B&node=${testNode}`, ["$share/g1/t/+"]],
  [`topic=$queue/t/%2B&node=${testNode}`, ["$queue/t/+"]],
  ["topic=$exclusive/a/b", ["$share/g1/a/b", "a/b"]],
  ["topic=t/1", []],
  ["topic=$share/g3/t/%2B", []],
  ["topic=", []],
  ["topic=$queue", []],
  ["node=elsewhere", []],
  ["topic=a/b&node=elsewhere", []],
])("%s lists %j", async (query, topics) => {
  const found = await list(query);
  expect(sorted(found.topics)).toEqual(topics);
  expect(found.meta).toEqual({ page: 1, limit: 100, hasnext: false, count: topics.length });
});

test("the filters of a topic come in pages too, counted on the last one", async () => {
  expect((await list("topic=t/%2B&limit=3")).meta).toEqual({ page: 1, limit: 3, hasnext: true });
  expect((await list("topic=t/%2B&limit=3&page=2")).meta).toEqual({
    ...{ page: 2, limit: 3 },
    ...{ hasnext: false, count: 4 },
  });
});

test.each(["$share/group", "$share/+/t", "$share/g/$share/h/t", "$exclusive/"])(
  "topic=%s is refused",
  async (topic) => {
    const { status, json } = await api.call("GET", `/topics?topic=${encodeURIComponent(topic)}`);
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: "INVALID_PARAMTER", message: "topic_filter_invalid" });
  },
);

test("limit=0 is refused", async () => {
  expect((await api.call("GET", "/topics?limit=0")).json.code).toBe("BAD_REQUEST");
});

test.each([
  ["test_topic", ["test_topic"]],
  ["test_%%1", ["test_%%1"]],
  ["t/+", ["$queue/t/+", "$share/g1/t/+", "$share/g2/t/+", "t/+"]],
  ["#", ["#"]],
])("GET /topics/%s shows %j", async (topic, topics) => {
  const { status, json } = await api.call("GET", `/topics/${encodeURIComponent(topic)}`);
  expect(status).toBe(200);
  const rows = topics.map((it) => ({ topic: it, node: testNode }));
  expect(json.toSorted((a: { topic: string }, b: { topic: string }) => (a.topic < b.topic ? -1 : 1))).toEqual(
    rows,
  );
});

test.each(["nothing", "t/1", "$share/g1/t/+", "$queue/t/+", "$share/group"])(
  "GET /topics/%s is not found",
  async (topic) => {
    const { status, json } = await api.call("GET", `/topics/${encodeURIComponent(topic)}`);
    expect(status).toBe(404);
    expect(json).toMatchObject({ code: "TOPIC_NOT_FOUND", message: "Topic not found" });
  },
);

test("a filter stays in use until its last subscriber is gone", async () => {
  const later = { timestamp: Date.now() + 60_000 };
  const shown = async () => (await list("limit=1000")).topics.includes("a/b");
  api.registry.push(unsubscribed("one", ["a/b"], later));
  await api.registry.idle();
  expect(await shown()).toBe(true);
  api.registry.push(unsubscribed("two", ["a/b"], later));
  await api.registry.idle();
  expect(await shown()).toBe(false);
  expect((await list("topic=a/b")).topics).toEqual(["$share/g1/a/b"]);
  expect((await list("limit=1")).meta.count).toBe(11);
});
