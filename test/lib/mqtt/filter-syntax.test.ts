import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { covers } from "../../../lib/mqtt/filter-cover.ts";
import { filterProblem, isTopicFilter } from "../../../lib/mqtt/filter-syntax.ts";

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
        expect(isTopicFilter(filter)).toBe(true);
        const topic = places.map(([name]) => name).join("/");
        if (!topic.startsWith("$")) expect(covers(filter, topic)).toBe(true);
      }),
    );
  });
});
