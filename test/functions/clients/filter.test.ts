import { describe, expect, test } from "vitest";
import { type ClientFilter, isFuzzy, testsOf } from "../../../functions/clients/filter.ts";
import type { Session } from "../../../lib/records/session.ts";
import { testSession } from "../../support/session.ts";

const session = (given: Partial<Session> = {}) =>
  testSession({
    ...{ clientid: "Sensor/1", username: "User", ip_address: "10.0.0.1" },
    ...{ created_at: 1_000, connected_at: 2_000 },
    ...given,
  });

const passes = (filter: ClientFilter, given?: Partial<Session>) =>
  testsOf(filter).every((test) => test(session(given)));

describe.each<[ClientFilter, boolean]>([
  [{ ip_address: "10.0.0.1" }, true],
  [{ ip_address: "10.0.0.11" }, false],
  [{ conn_state: "connected" }, true],
  [{ conn_state: "disconnected" }, false],
  [{ conn_state: "idle" }, false],
  [{ clean_start: true }, true],
  [{ clean_start: false }, false],
  [{ proto_ver: 4 }, true],
  [{ proto_ver: 5 }, false],
  [{ like_clientid: "sor/" }, true],
  [{ like_clientid: "sensor" }, false],
  [{ like_username: "ser" }, true],
  [{ like_username: "user" }, false],
  [{ gte_created_at: 1_000 }, true],
  [{ gte_created_at: 1_001 }, false],
  [{ lte_created_at: 1_000 }, true],
  [{ lte_created_at: 999 }, false],
  [{ gte_connected_at: 2_000 }, true],
  [{ gte_connected_at: 2_001 }, false],
  [{ lte_connected_at: 2_000 }, true],
  [{ lte_connected_at: 1_999 }, false],
  [{ gte_created_at: 1_000, lte_created_at: 1_000 }, true],
  [{ proto_ver: 4, clean_start: false }, false],
  [{}, true],
])("%j", (filter, expected) => {
  test(expected ? "is passed" : "is not passed", () => {
    expect(passes(filter)).toBe(expected);
  });
});

test("a session without a user name or an address is like one with an empty name, and has no address", () => {
  const { username: _, ip_address: __, ...bare } = session();
  const test = (filter: ClientFilter) => testsOf(filter).every((test) => test(bare));
  expect(test({ like_username: "u" })).toBe(false);
  expect(test({ ip_address: "10.0.0.1" })).toBe(false);
});

test("a session whose client is away is disconnected", () => {
  expect(passes({ conn_state: "disconnected" }, { connected: false })).toBe(true);
  expect(passes({ conn_state: "connected" }, { connected: false })).toBe(false);
});

test("an empty text to search for is no condition", () => {
  expect(testsOf({ like_clientid: "", like_username: "" })).toEqual([]);
  expect(isFuzzy({ like_clientid: "", like_username: "" })).toBe(false);
});

test("only a search for a part of a text is fuzzy", () => {
  expect(isFuzzy({ like_clientid: "a" })).toBe(true);
  expect(isFuzzy({ like_username: "a" })).toBe(true);
  expect(isFuzzy({ ip_address: "10.0.0.1", conn_state: "connected", gte_created_at: 1 })).toBe(false);
});
