import { expect, test } from "vitest";
import { isTopicName } from "../../../lib/mqtt/topic.ts";

test.each(["a", "/", "a/b", " ", "$SYS/x", "é", "a".repeat(65_535)])("%.20s can be published to", (topic) => {
  expect(isTopicName(topic)).toBe(true);
});

test.each(["", "a/+", "#", "a#b", "a\0b", "a".repeat(65_536), "é".repeat(32_768)])(
  "%.20s cannot be published to",
  (topic) => {
    expect(isTopicName(topic)).toBe(false);
  },
);
