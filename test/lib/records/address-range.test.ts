import { BlockList } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { normalAddress } from "../../../lib/records/address.ts";
import { addressRange } from "../../../lib/records/address-range.ts";

test.each([
  ["192.168.5.7/24", "192.168.5.0/24"],
  ["192.168.5.7", "192.168.5.7/32"],
  ["10.9/16", "10.0.0.0/16"],
  ["10.9.8.7/0", "0.0.0.0/0"],
  ["2001:DB8::1/32", "2001:db8::/32"],
  ["2001:db8::1", "2001:db8::1/128"],
  ["2001:db8:ffff::/33", "2001:db8:8000::/33"],
  ["::ffff:10.1.2.3/120", "::ffff:10.1.2.0/120"],
])("%s is the range %s", (text, range) => {
  expect(addressRange(text)?.text).toBe(range);
});

test.each([
  "",
  "/24",
  "10.9.8.7/33",
  "::/129",
  "10.9.8.7/x",
  "10.9.8.7/",
  "10.9.8.7/8/8",
  "10.9.8.7/-1",
  "host/8",
])("%j is none", (text) => {
  expect(addressRange(text)).toBeUndefined();
});

test("a range of IPv4 addresses that are written as IPv6 holds the addresses as either", () => {
  const range = addressRange("::ffff:10.1.2.0/120");
  expect(["10.1.2.3", "::ffff:10.1.2.3", "10.1.3.3", "::10.1.2.3"].map((it) => range?.includes(it))).toEqual([
    ...[true, true],
    ...[false, false],
  ]);
});

test("all IPv6 addresses are none of IPv4, and the other way round", () => {
  expect(addressRange("::/0")?.includes("10.1.2.3")).toBe(false);
  expect(addressRange("0.0.0.0/0")?.includes("2001:db8::1")).toBe(false);
});

const near = (bits: number) => fc.array(fc.integer({ min: 0, max: bits - 1 }), { maxLength: 3 });

/** Two addresses that differ in few bits, so that ranges hold and miss the second about as often. */
const cases = fc.oneof(
  fc.record({ family: fc.constant("ipv4" as const), a: fc.ipV4(), flips: near(32), length: fc.nat(32) }),
  fc.record({ family: fc.constant("ipv6" as const), a: fc.ipV6(), flips: near(128), length: fc.nat(128) }),
);

function flip(address: string, flips: readonly number[]): string {
  const ipv6 = address.includes(":");
  const base = ipv6 ? 16 : 10;
  const width = ipv6 ? 16 : 8;
  const full = ipv6 ? expand(address) : address.split(".");
  const parts = full.map((part) => Number.parseInt(part, base));
  for (const bit of flips) {
    const place = Math.floor(bit / width);
    parts[place] = (parts[place] ?? 0) ^ (1 << (width - 1 - (bit % width)));
  }
  return parts.map((part) => part.toString(base)).join(ipv6 ? ":" : ".");
}

function expand(address: string): string[] {
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (part = "") => part.split(":").filter(Boolean);
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array<string>(missing).fill("0"), ...groups(tail)];
}

test("a range holds what Node.js's own block list holds for the same network", () => {
  fc.assert(
    fc.property(cases, ({ family, a, flips, length }) => {
      const list = new BlockList();
      list.addSubnet(a, length, family);
      const candidate = flip(a, flips);
      const held = addressRange(`${a}/${length}`)?.includes(normalAddress(candidate) ?? "");
      expect(held).toBe(list.check(candidate, family));
    }),
    { numRuns: 1_000 },
  );
});

test("the text of a range is a range with the same text", () => {
  fc.assert(
    fc.property(cases, ({ a, length }) => {
      const text = addressRange(`${a}/${length}`)?.text ?? "";
      expect(addressRange(text)?.text).toBe(text);
    }),
  );
});
