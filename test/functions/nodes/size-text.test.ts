import { expect, test } from "vitest";
import { sizeText } from "../../../functions/nodes/size-text.ts";

test.each([
  [0, "0"],
  [1_023, "1023"],
  [1_024, "1024"],
  [1_025, "1.00K"],
  [1_536, "1.50K"],
  [2 ** 20, "1024.00K"],
  [2 ** 20 + 1, "1.00M"],
  [512 * 2 ** 20, "512.00M"],
  [2 ** 30, "1024.00M"],
  [1.11 * 2 ** 30, "1.11G"],
  [2 ** 40, "1024.00G"],
])("%d bytes are %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
