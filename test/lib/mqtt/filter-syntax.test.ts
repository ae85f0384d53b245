import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filterProblem, isShared, misusedPrefix } from "../../../lib/mqtt/filter-syntax.ts";
import { matchesFilter } from "../../../lib/mqtt/topic.ts";

describe("a topic filter", () => {
  test.each(["t", "/", "a//b/", "+", "#", "a/+/b", "+/+", "a/#", "$SYS/#", "a b", "$share/g/t/#"])(
    "is %j",
    (filter) => expect(filterProblem(filter)).toBeUndefined(),
  );

  test.each(["", "a#", "a+", "a/+b", "a/#/b", "#/#", "a/b#", "a\0b", "x".repeat(65_536)])(
    "is not %j",
    (filter) => expect(filterProblem(filter)).toMatch(/topic filter/),
  );

  test("is every topic name, and every topic name with whole levels replaced by wildcards", async () => {
    const level = fc.stringMatching(/^[^/+#\0]{0,5}$/u);
    const place = fc.tuple(level, fc.boolean());
    await fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 6 }), fc.boolean(), (places, open) => {
        const levels = places.map(([name, any]) => (any ? "+" : name));
        const filter = [...levels, ...(open ? ["#"] : [])].join("/");
        if (filter === "") return;
        expect(filterProblem(filter)).toBeUndefined();
        const topic = places.map(([name]) => name).join("/");
        if (!topic.startsWith("$")) expect(matchesFilter(topic, filter)).toBe(true);
      }),
    );
  });
});

test.each([
  ["$share/g/t", true],
  ["$queue/t", true],
  ["$share", false],
  ["$queues/t", false],
  ["t/$share/g/t", false],
])("%s is shared: %j", (filter, shared) => expect(isShared(filter)).toBe(shared));

// As EMQX 5.8.9 answers them.
describe("EMQX", () => {
  test.each([
    ["$share/g", "$share/g"],
    ["$share/", "$share/"],
    ["$share/g+/t", "$share/g+/t"],
    ["$share/#/t", "$share/#/t"],
    ["$share/g/$share/h/t", "$share/h/t"],
    ["$share/g/$queue/t", "$queue/t"],
    ["$queue/$share/h/t", "$share/h/t"],
    ["$queue/$queue/t", "$queue/t"],
    ["$exclusive/", "$exclusive/"],
  ])("objects in %s to %s", (filter, part) => expect(misusedPrefix(filter)).toBe(part));

  test.each([
    ...["$share/g/t", "$share//t", "$share/g/", "$share//", "$queue/t", "$queue/", "$queue", "$share"],
    ...["$exclusive", "$exclusive/t", "$exclusive/$share/g/t", "$share/g/$share", "x/$share/g", "t", ""],
  ])("objects to nothing in %j", (filter) => expect(misusedPrefix(filter)).toBeUndefined());
});
