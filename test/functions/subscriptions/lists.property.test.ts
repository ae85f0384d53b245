import * as fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { covers } from "../../../lib/mqtt/filter-cover.ts";
import { namedFilter } from "../../../lib/mqtt/shared-filter.ts";
import { historyOf, stepWith } from "../../support/histories.ts";
import { TestApi, testNode } from "../../support/test-api.ts";

let api: TestApi;
afterEach(() => api?.close());

const filters = [
  "a",
  "a/b",
  "a/b/c",
  "a/+",
  "a/#",
  "+/b",
  "#",
  "a-/b",
  "$s/x",
  "$share/g/a",
  "$share/h/a/+",
  "$queue/a",
];
const step = stepWith(filters, 4);
const histories = fc.array(fc.array(step, { minLength: 2, maxLength: 14 }), { minLength: 1, maxLength: 8 });

interface Row {
  clientid: string;
  topic: string;
  qos: number;
}

const textOf = ({ clientid, topic, qos }: Row) => `${clientid} ${topic} ${qos}`;
const sorted = (rows: readonly Row[]) => rows.map(textOf).toSorted();

/** All pages of a list, which must be full and tell exactly whether there are more. */
async function allPages<R>(path: string, limit: number, count: number | undefined): Promise<R[]> {
  const rows: R[] = [];
  for (let page = 1; ; page += 1) {
    const { json } = await api.call("GET", `${path}limit=${limit}&page=${page}`);
    rows.push(...json.data);
    if (count !== undefined) expect(json.meta.count).toBe(count);
    if (!json.meta.hasnext) return rows;
    expect(json.data).toHaveLength(limit);
    expect(page).toBeLessThan(500);
  }
}

const conditions: [query: string, holds: (row: Row) => boolean][] = [
  ["", () => true],
  ["clientid=c1", ({ clientid }) => clientid === "c1"],
  ["qos=1", ({ qos }) => qos === 1],
  ["topic=a/%2B", ({ topic }) => topic === "a/+"],
  ["topic=a&share_group=g", ({ topic }) => topic === "$share/g/a"],
  ["share_group=h&qos=2", ({ topic, qos }) => topic === "$share/h/a/+" && qos === 2],
  ["share_group=$queue", ({ topic }) => topic === "$queue/a"],
];
const patterns = ["a/#", "a/+", "a", "#", "+/b", "+/+/c", "a/b/#", "$s/#", "a/#/b", "none/#"];

test("after any history, every list equals what the clients are subscribed to, in pages of any size", async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.integer({ min: 1, max: 7 }), async (histories, limit) => {
      await api?.close();
      api = await TestApi.start();
      const told = histories.map((steps, n) => ({
        clientid: `c${n}`,
        ...historyOf(`c${n}`, steps, Date.now()),
      }));
      for (const { events } of told) for (const event of events) api.registry.push(event);
      await api.registry.idle();
      const rows = told.flatMap(({ clientid, outcome }) =>
        (outcome?.subscriptions ?? []).map((subscription) => ({ clientid, ...subscription })),
      );
      for (const [query, holds] of conditions) {
        const expected = rows.filter(holds);
        const listed = await allPages<Row>(`/subscriptions?${query}&`, limit, expected.length);
        expect([query, ...sorted(listed)]).toEqual([query, ...sorted(expected)]);
      }
      for (const pattern of patterns) {
        const expected = rows.filter(({ topic }) => covers(pattern, namedFilter(topic).topic));
        const query = `/subscriptions?match_topic=${encodeURIComponent(pattern)}&`;
        expect([pattern, ...sorted(await allPages<Row>(query, limit, undefined))]).toEqual([
          pattern,
          ...sorted(expected),
        ]);
      }
      const routes = [...new Set(rows.map(({ topic }) => topic))].toSorted();
      const listed = await allPages<{ topic: string }>("/topics?", limit, routes.length);
      expect(listed.map(({ topic }) => topic).toSorted()).toEqual(routes);
      const ofNode = await allPages<{ topic: string }>(`/topics?node=${testNode}&`, limit, undefined);
      expect(ofNode.map(({ topic }) => topic).toSorted()).toEqual(
        routes.filter((topic) => namedFilter(topic).group === undefined),
      );
      const about = await allPages<{ topic: string }>("/topics?topic=a&", limit, undefined);
      expect(about.map(({ topic }) => topic).toSorted()).toEqual(
        routes.filter((topic) => namedFilter(topic).topic === "a"),
      );
    }),
    { numRuns: 8 },
  );
}, 120_000);
