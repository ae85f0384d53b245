import { expect, test } from "vitest";
import { isTopicName, matchesFilter } from "../../../lib/mqtt/topic.ts";

test.each(["a", "/", "a/b", " ", "$SYS/x", "é", "a".repeat(65_535)])("%.20s can be published to", (topic) => {
  expect(isTopicName(topic)).toBe(true);
});

test.each(["", "a/+", "#", "a#b", "a\0b", "a".repeat(65_536), "é".repeat(32_768)])(
  "%.20s cannot be published to",
  (topic) => {
    expect(isTopicName(topic)).toBe(false);
  },
);

test.each([
  ["a/b", "a/b"],
  ["a/b", "a/+"],
  ["a/b", "+/b"],
  ["a/b/c", "a/#"],
  ["a", "a/#"],
  ["a", "#"],
  ["/", "+/+"],
  ["/a", "/+"],
  ["a//b", "a/+/b"],
  ["$SYS/a", "$SYS/#"],
  ["$SYS", "$SYS/#"],
  ["a/$b", "a/+"],
])("the topic %s falls under the filter %s", (topic, filter) => {
  expect(matchesFilter(topic, filter)).toBe(true);
});

test.each([
  ["a", "A"],
  ["a", "a/+"],
  ["a/b", "a"],
  ["a/b", "+"],
  ["a/b/c", "a/+"],
  ["ab", "a/#"],
  ["/a", "+"],
  ["$SYS", "#"],
  ["$SYS/a", "+/a"],
  ["$SYS/a", "#"],
])("the topic %s does not fall under the filter %s", (topic, filter) => {
  expect(matchesFilter(topic, filter)).toBe(false);
});
