import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Copy } from "../../../../lib/broker/embedded/copy.ts";
import { Router } from "../../../../lib/broker/embedded/router.ts";
import { covers } from "../../../../lib/mqtt/filter-cover.ts";
import { sharedFilter } from "../../../../lib/mqtt/shared-filter.ts";

const plain = { qos: 1, nl: 0, rap: 0, rh: 0 } as const;
const everybody = () => true;
const receivers = (copies: Copy[]) => copies.map(({ clientid }) => clientid).sort();

const clients = fc.constantFrom("a", "b", "c", "d");
const filters = fc.constantFrom("t/1", "t/+", "t/#", "#", "u");
const names = fc.oneof(
  filters,
  fc.tuple(fc.constantFrom("g", "h"), filters).map(([group, filter]) => `$share/${group}/${filter}`),
  filters.map((filter) => `$queue/${filter}`),
);
const changes = fc.array(
  fc.record({
    clientid: clients,
    name: names,
    act: fc.constantFrom("subscribe", "subscribe", "unsubscribe", "forget"),
  }),
  { maxLength: 30 },
);

test("whatever was subscribed and unsubscribed, each group gets one copy, and each other subscription one", async () => {
  await fc.assert(
    fc.property(
      changes,
      fc.constantFrom("t/1", "t/2/3", "u", "$x"),
      fc.subarray(["a", "b"]),
      (changes, topic, connected) => {
        const router = new Router();
        const held = new Map<string, Set<string>>();
        for (const { clientid, name, act } of changes) {
          const mine = held.get(clientid) ?? new Set();
          held.set(clientid, mine);
          if (act === "subscribe") {
            router.subscribe(clientid, name, plain);
            mine.add(name);
          }
          if (act === "unsubscribe") {
            router.unsubscribe(clientid, name);
            mine.delete(name);
          }
          if (act === "forget") {
            router.forget(clientid);
            mine.clear();
          }
        }
        const all = [...held].flatMap(([clientid, names]) => [...names].map((name) => ({ clientid, name })));
        const matching = all.filter(({ name }) => covers(sharedFilter(name)?.filter ?? name, topic));
        const alone = matching.filter(({ name }) => !sharedFilter(name)).map(({ clientid }) => clientid);
        const groups = Map.groupBy(
          matching.filter(({ name }) => sharedFilter(name)),
          ({ name }) => name,
        );

        const copies = router.copies(topic, undefined, (clientid) => connected.includes(clientid));
        expect(receivers(copies.filter(({ shared }) => !shared))).toEqual(alone.sort());
        const picked = copies.filter(({ shared }) => shared);
        expect(picked).toHaveLength(groups.size);
        for (const { clientid, shared } of picked) {
          const name =
            shared?.group === "$queue"
              ? `$queue/${shared.filter}`
              : `$share/${shared?.group}/${shared?.filter}`;
          const members = groups.get(name)?.map((member) => member.clientid) ?? [];
          const present = members.filter((member) => connected.includes(member));
          expect(present.length > 0 ? present : members).toContain(clientid);
        }
        expect(router.anySubscribes(topic)).toBe(matching.length > 0);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("the members of a group take turns", () => {
  const router = new Router();
  for (const clientid of ["a", "b", "c"]) router.subscribe(clientid, "$share/g/t", plain);
  const turns = Array.from({ length: 9 }, () => receivers(router.copies("t", undefined, everybody))[0]);
  expect(turns).toEqual(["a", "b", "c", "a", "b", "c", "a", "b", "c"]);
});

describe("a copy", () => {
  test("is made for each of overlapping subscriptions, with its QoS and identifier", () => {
    const router = new Router();
    router.subscribe("a", "t/#", { ...plain, qos: 0, rap: 1, identifier: 3 });
    router.subscribe("a", "t/1", { ...plain, qos: 2, identifier: 4 });
    router.subscribe("a", "t/2", { ...plain, qos: 2, identifier: 5 });
    expect(router.copies("t/1", undefined, everybody)).toEqual([
      { clientid: "a", qos: 0, rap: true, identifier: 3 },
      { clientid: "a", qos: 2, rap: false, identifier: 4 },
    ]);
    const own = [router.own("a", "t/#"), router.own("a", "t/1"), router.own("b", "t/1")];
    expect(own.map((options) => options?.qos)).toEqual([0, 2, undefined]);
  });

  test("is not for its sender, as far as that said No Local", () => {
    const router = new Router();
    router.subscribe("a", "t", { ...plain, nl: 1 });
    router.subscribe("b", "t", { ...plain, nl: 1 });
    expect(receivers(router.copies("t", "a", everybody))).toEqual(["b"]);
    router.subscribe("a", "#", { ...plain, qos: 0 });
    expect(router.copies("t", "a", everybody)).toMatchObject([
      { clientid: "a", qos: 0 },
      { clientid: "b", qos: 1 },
    ]);
  });

  test("follows the newest options of a subscription", () => {
    const router = new Router();
    router.subscribe("a", "t", { ...plain, qos: 2 });
    router.subscribe("a", "t", { ...plain, qos: 0 });
    expect(router.copies("t", undefined, everybody)).toMatchObject([{ clientid: "a", qos: 0 }]);
  });
});
