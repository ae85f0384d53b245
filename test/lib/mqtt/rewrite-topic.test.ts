import fc from "fast-check";
import { expect, test } from "vitest";
import { isTopicFilter } from "../../../lib/mqtt/filter-syntax.ts";
import {
  compileRule,
  expressionProblem,
  rewriteFilter,
  rewriteTopic,
} from "../../../lib/mqtt/rewrite-topic.ts";

const rules = (...given: [source_topic: string, re: string, dest_topic: string][]) =>
  given.map(([source_topic, re, dest_topic]) => compileRule({ action: "all", source_topic, re, dest_topic }));

const names = { clientid: "c" };

test("a topic that no rule's source matches stays as it is", () => {
  const topic = fc.string().filter((text) => !text.startsWith("x"));
  fc.assert(
    fc.property(topic, (text) => {
      expect(rewriteTopic(text, rules(["x/#", ".*", "gone"]), names)).toBe(text);
    }),
  );
});

test("what is put in is taken as it is", () => {
  expect(rewriteTopic("x/$2/&", rules(["x/#", "^x/(.*)/(.*)$", "$1|$2"]), names)).toBe("$2|&");
});

test("the group of a shared subscription stays", () => {
  const all = rules(["x/#", "^x/(.*)$", "y/$1"]);
  expect(rewriteFilter("$share/g/x/+", all, names)).toBe("$share/g/y/+");
  expect(rewriteFilter("$queue/x/1", all, names)).toBe("$queue/y/1");
  expect(rewriteFilter("x/#", all, names)).toBe("y/#");
});

test("an expression that would take for ever elsewhere takes no time", () => {
  const topic = `x/${"a".repeat(20_000)}!`;
  expect(rewriteTopic(topic, rules(["x/#", "^x/(a+)+$", "y"]), names)).toBe(topic);
});

test("an expression that is too large is refused like one that is none", () => {
  expect(expressionProblem("((a{100}){100}){100}")).toContain("repeat");
  expect(expressionProblem("(a?b?c?d?){1000}")).toContain("too large");
  expect(expressionProblem("a".repeat(513))).toContain("too long");
  expect(expressionProblem("(")).toBe("missing )");
  expect(expressionProblem("^a/(.+)$")).toBeUndefined();
});

test.each([
  ["a/+/b/#", true],
  ["#", true],
  ["", false],
  ["a#", false],
  ["a/#/b", false],
  ["a+/b", false],
  ["a\0", false],
])("whether %j is a topic filter: %s", (filter, valid) => {
  expect(isTopicFilter(filter)).toBe(valid);
});
