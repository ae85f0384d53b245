import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  connected,
  connectedPersistent,
  disconnected,
  subscribed,
  unsubscribed,
} from "../../support/events.ts";
import { TestApi, testNode } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  const { registry } = api;
  registry.push(connected("one"));
  registry.push(
    subscribed("one", ["t/0000", "$share/test_group/t/0001"], {
      options: [{ qos: 1, nl: 1, rap: 1, rh: 1 }, { qos: 0 }],
    }),
  );
  registry.push(connected("two"));
  registry.push(
    subscribed("two", ["fuzzy/foo", "fuzzy/foo/bar", "fuzzy/foo/baz", "topic/foo/bar", "topic/foo/baz"], {
      options: Array.from({ length: 5 }, () => ({ qos: 2 as const })),
    }),
  );
  registry.push(connected("three"));
  registry.push(
    subscribed("three", ["s/+", "$share/g1/s/+", "$queue/s/1", "$dollar/x", "fuzzy/foo"], {
      options: Array.from({ length: 5 }, () => ({ qos: 0 as const })),
    }),
  );
  await registry.idle();
});
afterAll(() => api.close());

async function list(query: string) {
  const { status, json } = await api.call("GET", `/subscriptions?${query}`);
  expect(status).toBe(200);
  const topics = (json.data as { topic: string }[]).map(({ topic }) => topic).sort();
  return { topics, meta: json.meta };
}

const meta = { page: 1, limit: 100, hasnext: false };

test("all subscriptions are listed and counted, shared ones by their full filter", async () => {
  const { topics, meta: found } = await list("");
  expect(topics).toHaveLength(12);
  expect(topics).toContain("$share/test_group/t/0001");
  expect(found).toEqual({ ...meta, count: 12 });
});

test("a row shows who is subscribed to what, where and how", async () => {
  const { json } = await api.call("GET", "/subscriptions?topic=t/0000");
  expect(json.data).toEqual([
    { clientid: "one", node: testNode, topic: "t/0000", qos: 1, nl: 1, rap: 1, rh: 1, durable: false },
  ]);
  const { json: same } = await api.call("GET", "/subscriptions?clientid=one&qos=1");
  expect(same.data).toEqual(json.data);
});

test("all conditions together: an exact topic beats match_topic, and the rows are counted", async () => {
  const query = `clientid=one&topic=t/0001&node=${testNode}&qos=0&share_group=test_group&match_topic=t/%23`;
  expect(await list(query)).toEqual({ topics: ["$share/test_group/t/0001"], meta: { ...meta, count: 1 } });
});

test.each([
  ["clientid=one", ["$share/test_group/t/0001", "t/0000"]],
  ["clientid=nobody", []],
  ["clientid=", []],
  ["qos=1", ["t/0000"]],
  ["topic=fuzzy/foo", ["fuzzy/foo", "fuzzy/foo"]],
  ["topic=fuzzy/foo&clientid=two", ["fuzzy/foo"]],
  ["topic=fuzzy/foo&qos=2", ["fuzzy/foo"]],
  ["topic=s/%2B", ["s/+"]],
  ["topic=s/%2B&share_group=g1", ["$share/g1/s/+"]],
  ["topic=s/%2B&share_group=other", []],
  ["topic=s/1", []],
  ["topic=s/1&share_group=$queue", ["$queue/s/1"]],
  ["topic=$share/g1/s/%2B", []],
  ["topic=", []],
  ["share_group=g1", ["$share/g1/s/+"]],
  ["share_group=g1&clientid=one", []],
  ["share_group=$queue&qos=0", ["$queue/s/1"]],
  ["share_group=", []],
  ["clientid=one&clientid=two&topic=topic/foo/bar", ["topic/foo/bar"]],
])("%s lists %j, counted", async (query, topics) => {
  expect(await list(query)).toEqual({ topics, meta: { ...meta, count: topics.length } });
});

test.each([
  ["match_topic=fuzzy/%23", ["fuzzy/foo", "fuzzy/foo", "fuzzy/foo/bar", "fuzzy/foo/baz"]],
  ["match_topic=s/%23", ["$queue/s/1", "$share/g1/s/+", "s/+"]],
  ["match_topic=s/%2B&share_group=g1", ["$share/g1/s/+"]],
  ["match_topic=s/1", ["$queue/s/1"]],
  ["match_topic=%2B/foo/bar&qos=2", ["fuzzy/foo/bar", "topic/foo/bar"]],
  ["match_topic=%2B/%2B&clientid=three", ["$queue/s/1", "$share/g1/s/+", "fuzzy/foo", "s/+"]],
  ["match_topic=$dollar/%2B", ["$dollar/x"]],
  ["match_topic=%2B/x", []],
  ["match_topic=fuzzy/%23/bar", []],
  ["match_topic=$queue", []],
  ["match_topic=$exclusive/s/1", []],
  ["match_topic=", []],
])("%s lists %j, and does not count them", async (query, topics) => {
  expect(await list(query)).toEqual({ topics, meta });
});

test("pages of match_topic tell exactly whether there are more", async () => {
  const first = await api.call("GET", "/subscriptions?match_topic=%2B/%2B/%2B&limit=3");
  expect(first.json.data).toHaveLength(3);
  expect(first.json.meta).toEqual({ page: 1, limit: 3, hasnext: true });
  const second = await api.call("GET", "/subscriptions?match_topic=%2B/%2B/%2B&limit=3&page=2");
  expect(second.json.data).toHaveLength(1);
  expect(second.json.meta).toEqual({ page: 2, limit: 3, hasnext: false });
});

test("a page that ends with the last row has no next one, and one beyond it is empty", async () => {
  expect((await list("limit=4&page=3")).meta).toEqual({ page: 3, limit: 4, hasnext: false, count: 12 });
  expect(await list("limit=4&page=4")).toEqual({
    topics: [],
    meta: { page: 4, limit: 4, hasnext: false, count: 12 },
  });
});

test.each(["durable=true", "durable=false", `node=${testNode}`])("%s changes nothing", async (query) => {
  expect((await list(query)).meta.count).toBe(12);
});

test.each(["$share/g1/t/1", "$share/x", "$queue/t", "$exclusive/"])(
  "match_topic=%s is refused, also beside an exact topic",
  async (topic) => {
    for (const query of [`match_topic=${topic}`, `match_topic=${topic}&topic=t/0001`]) {
      const { status, json } = await api.call("GET", `/subscriptions?${query}`);
      expect(status).toBe(400);
      expect(json).toMatchObject({ code: "INVALID_PARAMETER", message: "match_topic_invalid" });
    }
  },
);

test("an unknown node is an error", async () => {
  const { status, json } = await api.call("GET", "/subscriptions?node=x");
  expect(status).toBe(500);
  expect(json).toMatchObject({
    code: "NODE_DOWN",
    message: 'bad rpc call <<"x">>, Reason <<"invalid node">>',
  });
});

test.each([
  ["qos=3", "Unable to parse string"],
  ["durable=x", "Unable to parse boolean value"],
  ["limit=0", { expected: "1..10000" }],
  ["page=0", { expected: "pos_integer()" }],
])("%s is refused", async (query, reason) => {
  const { status, json } = await api.call("GET", `/subscriptions?${query}`);
  expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
  expect(JSON.parse(json.message)).toMatchObject({ path: query.split("=")[0], reason });
});

describe("a subscription is listed", () => {
  const later = { timestamp: Date.now() + 60_000 };
  const everywhere = async (topic: string) => {
    const queries = ["limit=10000", `topic=${topic}`, `match_topic=${topic}`, "qos=1", "clientid=four"];
    const lists = await Promise.all(queries.map((query) => list(query)));
    return lists.map(({ topics }) => topics.includes(topic));
  };
  const always = Array.from({ length: 5 }, () => true);
  const never = Array.from({ length: 5 }, () => false);

  test("until it is ended", async () => {
    api.registry.push(connectedPersistent("four"));
    api.registry.push(subscribed("four", ["kept", "ended"]));
    await api.registry.idle();
    expect([await everywhere("kept"), await everywhere("ended")]).toEqual([always, always]);
    api.registry.push(unsubscribed("four", ["ended"], later));
    await api.registry.idle();
    expect([await everywhere("kept"), await everywhere("ended")]).toEqual([always, never]);
  });

  test("while its client is away, and not after its session is over", async () => {
    api.registry.push(disconnected("four", later));
    await api.registry.idle();
    expect(await everywhere("kept")).toEqual(always);
    expect((await api.call("DELETE", "/clients/four")).status).toBe(204);
    await api.registry.idle();
    expect(await everywhere("kept")).toEqual(never);
    expect((await list("")).meta.count).toBe(12);
  });
});
