import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cursorOf } from "../../../lib/store/cursor.ts";
import { sessionKey, subscriptionKey } from "../../../lib/store/hash-order.ts";
import { connected, connectedPersistent, disconnected } from "../../support/events.ts";
import { clientidsBelow } from "../../support/seed.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

const six = ["ca1", "ca2", "ca3", "b1", "b2", "b3"];

beforeAll(async () => {
  api = await TestApi.start();
  for (const [n, clientid] of six.entries()) {
    api.registry.push(connectedPersistent(clientid, { session: { username: `user${n % 2}`, proto_ver: 5 } }));
  }
  api.registry.push(disconnected("b3"));
  await api.registry.idle();
});
afterAll(() => api.close());

interface Page {
  ids: string[];
  meta: { count: number; cursor?: string };
}

async function page(query: string, cursor?: string): Promise<Page> {
  const at = cursor === undefined ? "" : `&cursor=${cursor}`;
  const { status, json } = await api.call("GET", `/clients_v2?${query}${at}`);
  expect(status).toBe(200);
  return { ids: json.data.map((row: { clientid: string }) => row.clientid), meta: json.meta };
}

/** All pages of a walk; `between` happens after each of them. */
async function walk(query: string, between: (page: Page) => Promise<void> = async () => {}): Promise<Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | undefined; ; ) {
    const next: Page = await page(query, cursor);
    pages.push(next);
    expect(next.meta.count).toBe(next.ids.length);
    if (next.meta.cursor === undefined) return pages;
    cursor = next.meta.cursor;
    await between(next);
  }
}

const sizes = (pages: Page[]) => pages.map(({ ids }) => ids.length);
const idsOf = (pages: Page[]) => pages.flatMap(({ ids }) => ids).toSorted();

test.each([
  ["limit=1", [1, 1, 1, 1, 1, 1], six],
  ["limit=4", [4, 2], six],
  ["limit=6", [6], six],
  ["", [6], six],
  ["like_clientid=ca&limit=3", [3], ["ca1", "ca2", "ca3"]],
  ["like_clientid=ca&limit=2", [2, 1], ["ca1", "ca2", "ca3"]],
  ["username=user0&limit=2", [2, 1], ["ca1", "ca3", "b2"]],
  ["username=user0&username=user1&limit=5", [5, 1], six],
  ["clientid=ca1&clientid=b1&clientid=none&limit=1", [1, 1], ["ca1", "b1"]],
  ["clientid=ca1&like_clientid=zzz", [1], ["ca1"]],
  ["conn_state=disconnected", [1], ["b3"]],
  ["proto_ver=4", [0], []],
  ["username=nobody", [0], []],
  ["node=ignored&page=9", [6], six],
])("%s comes in pages of %j", async (query, expected, ids) => {
  const pages = await walk(query);
  expect(sizes(pages)).toEqual(expected);
  expect(idsOf(pages)).toEqual(ids.toSorted());
});

test("an old cursor leads to the same page again, with any limit and condition", async () => {
  const pages = await walk("limit=2");
  const cursor = pages[0]?.meta.cursor ?? "";
  expect(await page("limit=2", cursor)).toEqual(pages[1]);
  expect((await page("limit=4", cursor)).ids).toEqual([...(pages[1]?.ids ?? []), ...(pages[2]?.ids ?? [])]);
  const some = await page("limit=10&like_clientid=ca", cursor);
  expect(some.ids).toEqual(
    pages
      .slice(1)
      .flatMap(({ ids }) => ids)
      .filter((id) => id.startsWith("ca")),
  );
});

test("`fields` is checked and has no effect", async () => {
  const { json } = await api.call("GET", "/clients_v2?fields=clientid&limit=1");
  expect(json.data[0]).toMatchObject({ node: "test@127.0.0.1", proto_ver: 5 });
  expect((await api.call("GET", "/clients_v2?fields=nonsense")).json.code).toBe("BAD_REQUEST");
});

const good = () => cursorOf(sessionKey("ca1").sk);

test.each([
  ["empty", ""],
  ["no base64", "%25%25"],
  ["short", "abc"],
  ["altered", good().replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
  ["cut", good().slice(0, -4)],
  ["of another kind of item", cursorOf(subscriptionKey("ca1", "t").sk)],
  ["of no client", cursorOf("0123456789abcdef#=ca1")],
  ["behind all shards", cursorOf("g")],
])("a cursor that is %s is refused before the conditions are looked at", async (_, cursor) => {
  const { status, json } = await api.call("GET", `/clients_v2?ip_address=1:1&cursor=${cursor}`);
  expect(status).toBe(400);
  expect(json).toMatchObject({ code: "BAD_REQUEST", message: "bad cursor" });
});

test.each([
  ["ip_address=1:1", "the ip_address parameter expected type is ip, but the value is 1:1"],
  ["proto_ver=x", "the proto_ver parameter expected type is integer, but the value is x"],
])("%s is refused", async (query, message) => {
  const { status, json } = await api.call("GET", `/clients_v2?${query}`);
  expect([status, json.code, json.message]).toEqual([400, "INVALID_PARAMETER", message]);
});

describe("while clients come and go", () => {
  const staying = Array.from({ length: 24 }, (_, n) => `stays-${n}`);
  /** Also whole crowds in one place of the order. */
  const moving = [...Array.from({ length: 20 }, (_, n) => `moves-${n}`), ...clientidsBelow("7f", 6)];
  /** Versions of the connects of those who are there. */
  const present = new Map<string, number>();
  let version = 1;

  beforeAll(async () => {
    for (const clientid of staying) api.registry.push(connected(clientid));
    await api.registry.idle();
  });

  async function toggle(clientids: readonly string[]): Promise<void> {
    for (const clientid of clientids) {
      const left = present.get(clientid);
      version += 1;
      if (left === undefined) {
        present.set(clientid, version);
        const sessionIdentifier = `session ${version}`;
        api.registry.push(connected(clientid, { versionNumber: version, sessionIdentifier }));
      } else {
        present.delete(clientid);
        api.registry.push(disconnected(clientid, { versionNumber: left }));
      }
    }
    await api.registry.idle();
  }

  const some = fc.subarray(moving, { maxLength: 5 });

  const steps = fc.array(some, { minLength: 60, maxLength: 60 });
  const thereAllAlong = [...staying, ...six].toSorted();
  const limits = fc.integer({ min: 1, max: 9 });

  test("a walk by cursor shows everyone who was there all along once, and nobody twice", async () => {
    await fc.assert(
      fc.asyncProperty(limits, steps, async (limit, steps) => {
        const pages = await walk(`limit=${limit}`, async () => toggle(steps.shift() ?? []));
        const shown = idsOf(pages);
        expect(shown).toEqual([...new Set(shown)]);
        expect(shown.filter((id) => thereAllAlong.includes(id))).toEqual(thereAllAlong);
      }),
      { numRuns: 5 },
    );
  });

  /** A walk through the pages of /clients; returns what each page showed. */
  async function walkPages(limit: number, between: (shown: string[]) => Promise<void>): Promise<string[][]> {
    const pages: string[][] = [];
    for (let number = 1; ; number += 1) {
      const { json } = await api.call("GET", `/clients?limit=${limit}&page=${number}&fields=clientid`);
      pages.push(json.data.map((row: { clientid: string }) => row.clientid));
      if (!json.meta.hasnext) return pages;
      await between(pages.at(-1) ?? []);
    }
  }

  test("a walk by page does so too while they come and go behind the pages that were shown", async () => {
    await fc.assert(
      fc.asyncProperty(limits, steps, async (limit, steps) => {
        const pages = await walkPages(limit, async (shown) => {
          const last = sessionKey(shown.at(-1) ?? "").sk;
          await toggle((steps.shift() ?? []).filter((clientid) => sessionKey(clientid).sk > last));
        });
        const shown = pages.flat().toSorted();
        expect(shown).toEqual([...new Set(shown)]);
        expect(shown.filter((id) => thereAllAlong.includes(id))).toEqual(thereAllAlong);
      }),
      { numRuns: 5 },
    );
  });

  test("a walk by page, whose numbers count from the start, is shifted by those who come or go before", async () => {
    await fc.assert(
      fc.asyncProperty(limits, steps, async (limit, steps) => {
        let changes = 0;
        const pages = await walkPages(limit, async () => {
          const step = steps.shift() ?? [];
          changes += step.length;
          await toggle(step);
        });
        const shown = pages.flat();
        const repeated = shown.length - new Set(shown).size;
        const missed = thereAllAlong.filter((id) => !shown.includes(id)).length;
        expect(repeated + missed).toBeLessThanOrEqual(changes);
      }),
      { numRuns: 5 },
    );
  });
});
