import { expect, test } from "vitest";
import { duration } from "../../../lib/contract/unit-fields.ts";

test.each(["500ms", "1h30m", "1d2h3m4s5ms", "1.5s", "1H", "500", 100])(
  "the duration %j is kept as it is",
  (given) => expect(duration().parse(given)).toBe(given),
);

test.each(["", "abc", "-1s", "2 h", "infinity", "1x", "s", true, {}, null])("%j is no duration", (value) => {
  expect(duration().safeParse(value).success).toBe(false);
});
