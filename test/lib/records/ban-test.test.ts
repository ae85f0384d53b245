import fc from "fast-check";
import { expect, test } from "vitest";
import { type BannableClient, type banKinds, normalWho } from "../../../lib/records/ban.ts";
import { banTest } from "../../../lib/records/ban-test.ts";

const client = { clientid: "c1", username: "u1", ip_address: "10.1.2.3" };

test.each([
  ["clientid", "c1", "c"],
  ["username", "u1", "c1"],
  ["peerhost", "10.1.2.3", "10.1.2.4"],
  ["peerhost", "::ffff:10.1.2.3", "::10.1.2.3"],
  ["clientid_re", "^c\\d$", "^\\d$"],
  ["username_re", "u", "c"],
  ["peerhost_net", "10.1.0.0/16", "10.2.0.0/16"],
] as const)("a ban of %s means %s, and not %s", (as, who, other) => {
  expect(banTest({ as, who })(client)).toBe(true);
  expect(banTest({ as, who: other })(client)).toBe(false);
});

test.each([
  ["username", ""],
  ["username_re", ""],
  ["peerhost", "10.1.2.3"],
  ["peerhost_net", "0.0.0.0/0"],
] as const)("a ban of %s does not mean a client of which it is not known", (as, who) => {
  expect(banTest({ as, who })({ clientid: "c1" })).toBe(false);
});

test("an address counts however the client's is written", () => {
  const matches = banTest({ as: "peerhost", who: "2001:db8::1" });
  expect(matches({ clientid: "c", ip_address: "2001:DB8:0:0::1" })).toBe(true);
  expect(banTest({ as: "peerhost", who: "10.1.2.3" })({ clientid: "c", ip_address: "::ffff:10.1.2.3" })).toBe(
    true,
  );
  expect(banTest({ as: "peerhost", who: "10.1.2.3" })({ clientid: "c", ip_address: "unknown" })).toBe(false);
});

/** What EMQX's documentation says of each kind, for expressions that are plain letters. */
function model(
  as: (typeof banKinds)[number],
  who: string,
  { clientid, username, ip_address }: BannableClient,
): boolean {
  if (as === "clientid") return clientid === who;
  if (as === "username") return username === who;
  if (as === "clientid_re") return clientid.includes(who);
  if (as === "username_re") return username?.includes(who) ?? false;
  if (as === "peerhost") return ip_address === who;
  const bytes = Number(who.split("/")[1]) / 8;
  return (
    ip_address?.split(".").slice(0, bytes).join(".") ===
    who.split(".").slice(0, bytes).join(".").split("/")[0]
  );
}

const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 });
const address = fc
  .array(fc.constantFrom(10, 11), { minLength: 4, maxLength: 4 })
  .map((bytes) => bytes.join("."));
const bans = fc.oneof(
  fc.record({ as: fc.constantFrom("clientid", "username", "clientid_re", "username_re"), who: letters }),
  fc.record({ as: fc.constant("peerhost"), who: address }),
  fc.record({
    as: fc.constant("peerhost_net"),
    who: fc.tuple(address, fc.constantFrom(8, 16, 24, 32)).map(([it, length]) => `${it}/${length}`),
  }),
) as fc.Arbitrary<{ as: (typeof banKinds)[number]; who: string }>;

test("each kind means what a simple model of it means", () => {
  const clients = fc.record(
    { clientid: letters, username: letters, ip_address: address },
    { requiredKeys: ["clientid"] },
  );
  fc.assert(
    fc.property(bans, clients, ({ as, who }, it) => {
      expect(banTest({ as, who: normalWho(as, who) ?? "" })(it)).toBe(model(as, who, it));
    }),
    { numRuns: 1_000 },
  );
});
