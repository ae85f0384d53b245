import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalDatabase, openLocalDatabase } from "../../../infra/local/database.ts";
import { recountDirectory } from "../../../lib/store/directory-feed.ts";
import { TopicIndex } from "../../../lib/store/topic-index.ts";
import { collect } from "../../support/collect.ts";

let local: LocalDatabase;
let index: TopicIndex;

beforeAll(async () => {
  local = await openLocalDatabase();
  index = new TopicIndex(local.database);
});
afterAll(() => local.close());

const isNoted = async (filter: string) => {
  await recountDirectory(index.routes);
  return (await index.routes.page(0, 10_000)).topics.includes(filter);
};

const change = async (clientid: string, topic: string, held: boolean) => {
  if (held) await index.enter({ clientid, topic, qos: 0 });
  else await index.remove(clientid, topic);
  await index.settle(topic);
};

test.each(["t/+", "$share/g/t/+", "$queue/t", "x".repeat(60_000), "a\0b", ""])(
  "a filter is in use exactly while somebody holds it: %#",
  async (filter) => {
    expect(await isNoted(filter)).toBe(false);
    await change("c", filter, true);
    await change("d", filter, true);
    await change("c", filter, false);
    expect(await isNoted(filter)).toBe(true);
    await change("d", filter, false);
    await change("d", filter, false);
    expect(await isNoted(filter)).toBe(false);
  },
);

test("one filter's use is not another's: of a group, of the topic itself, of a long one that begins alike", async () => {
  const alike = "y".repeat(500);
  const used = ["u/1", "$share/g/u/1", `${alike}1`];
  const unused = ["$share/h/u/1", "u", `${alike}2`, alike];
  for (const filter of used) await change("c", filter, true);
  for (const filter of unused) await index.settle(filter);
  const noted = new Set((await recountedTopics()).filter((it) => used.includes(it) || unused.includes(it)));
  expect(noted).toEqual(new Set(used));
  for (const filter of used) await change("c", filter, false);
});

async function recountedTopics(): Promise<string[]> {
  await recountDirectory(index.routes);
  return (await index.routes.page(0, 10_000)).topics;
}

test("whoever follows the same filter at the same time, it is noted in the end if and only if it is held", async () => {
  const steps = fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }), {
    minLength: 2,
    maxLength: 6,
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (clients) => {
      const filter = `race/${run++}`;
      await Promise.all(
        clients.map(async (states, n) => {
          for (const held of states) await change(`c${n}`, filter, held);
        }),
      );
      expect(await isNoted(filter)).toBe(clients.some((states) => states.at(-1)));
    }),
    { numRuns: 40 },
  );
});

describe("the subscriptions that a filter covers", () => {
  const long = "z".repeat(600);
  const held = [
    "z/1",
    "z/1/2",
    "z/1-a",
    "z/10",
    "z/2/all",
    `z/${long}/1`,
    `z/${long}/2`,
    "zz",
    "z",
    "$z/1",
    "$share/g/z/1",
  ];

  beforeAll(async () => {
    for (const topic of held)
      for (const n of [1, 2, 3]) await index.enter({ clientid: `c${n}`, topic, qos: 1 });
    for (let n = 0; n < 60; n += 1) await index.enter({ clientid: `c${n}`, topic: "z/0/all", qos: 0 });
  });

  test.each([
    ["z/1/#", ["$share/g/z/1", "z/1", "z/1/2"]],
    ["z/+", ["$share/g/z/1", "z/1", "z/1-a", "z/10"]],
    ["z/1", ["$share/g/z/1", "z/1"]],
    ["z/+/1", [`z/${long}/1`]],
    [`z/${long}/#`, [`z/${long}/1`, `z/${long}/2`]],
    [`z/${long}/2`, [`z/${long}/2`]],
    ["z/+/2", ["z/1/2", `z/${long}/2`]],
    ["+/2/all", ["z/2/all"]],
    ["$z/#", ["$z/1"]],
    ["nothing/#", []],
  ])("%# are all found, and nothing else", async (filter, topics) => {
    const found = await collect(index.covered(filter, 1));
    expect(found.map(({ topic }) => topic).toSorted()).toEqual(
      topics.flatMap((topic) => [topic, topic, topic]).toSorted(),
    );
  });
});
