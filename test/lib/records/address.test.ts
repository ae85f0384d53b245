import { expect, test } from "vitest";
import { normalAddress } from "../../../lib/records/address.ts";

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["127.1", "127.0.0.1"],
  ["10.0.258", "10.0.1.2"],
  ["2130706433", "127.0.0.1"],
  ["::1", "::1"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["FE80::A", "fe80::a"],
  ["2001:db8::0001", "2001:db8::1"],
  ["::ffff:10.9.8.7", "::ffff:10.9.8.7"],
  ["::FFFF:a09:807", "::ffff:10.9.8.7"],
])("%s is the address %s", (text, address) => {
  expect(normalAddress(text)).toBe(address);
});

test.each([
  "",
  " ",
  "127.0.0.1:8080",
  "127.0.0.1/8",
  "256.0.0.1",
  "1.2.3.4.5",
  "localhost",
  "fe80",
  "[::1]",
  "[::1]:80",
  ":::",
  "1::2::3",
  "a@127.0.0.1",
  "127.0.0.1?",
  ".",
])("%j is none", (text) => {
  expect(normalAddress(text)).toBeUndefined();
});
