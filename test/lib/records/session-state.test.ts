import { expect, test } from "vitest";
import { neverExpires } from "../../../lib/records/session.ts";
import {
  isLater,
  type Mark,
  type SessionState,
  standingOf,
  visibleSession,
} from "../../../lib/records/session-state.ts";
import { epoch } from "../../support/events.ts";

const minutes = 60_000;
const hours = 60 * minutes;
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

const mark = (version: number, after = 0): Mark => ({ version, at: epoch + after });
const connect = (version: number, after = 0) => ({ ...mark(version, after), session_identifier: "s" });

function stateOf(given: Partial<SessionState> = {}): SessionState {
  return { clientid: "c", created_at: epoch, subscriptions_cnt: 0, connect: connect(1), ...given };
}

const persistent = (given: Partial<SessionState> = {}) => stateOf({ expiry_interval: 7_200, ...given });

test("between near marks the version decides, whatever the clocks say", () => {
  expect(isLater(mark(2), mark(1, 30 * minutes))).toBe(true);
  expect(isLater(mark(1, 30 * minutes), mark(2))).toBe(false);
});

test("between marks that lie further apart the clock decides, because versions start again", () => {
  expect(isLater(mark(0, 30 * minutes + 1), mark(7))).toBe(true);
  expect(isLater(mark(7), mark(0, 30 * minutes + 1))).toBe(false);
});

test("no mark is later than itself", () => {
  expect(isLater(mark(1), mark(1))).toBe(false);
});

test("a client is connected until a disconnect of the same connection is known", () => {
  expect(standingOf(stateOf())).toEqual({ standing: "connected" });
  expect(standingOf(persistent({ disconnect: mark(1, 1) })).standing).toBe("disconnected");
});

test("a disconnect of an earlier connection, as after a takeover, changes nothing", () => {
  const state = stateOf({ connect: connect(2), disconnect: mark(1, 5) });
  expect(standingOf(state)).toEqual({ standing: "connected" });
});

test("a client that comes back after an hour is connected, though its versions start again", () => {
  const state = persistent({ connect: connect(0, 2 * hours), disconnect: mark(9, hours) });
  expect(standingOf(state)).toEqual({ standing: "connected" });
});

test("a clean session is gone with its connection, and remembered for two hours", () => {
  const state = stateOf({ disconnect: mark(1, 5 * minutes) });
  const expires_at = seconds(epoch + 5 * minutes + 2 * hours);
  expect(standingOf(state)).toEqual({ standing: "gone", expires_at });
});

test("a persistent session is kept for its expiry interval after the disconnect", () => {
  const state = persistent({ disconnect: mark(1, 5 * minutes) });
  const expires_at = seconds(epoch + 5 * minutes) + 7_200;
  expect(standingOf(state)).toEqual({ standing: "disconnected", expires_at });
});

test("a session without an end has no expiry", () => {
  const state = stateOf({ expiry_interval: neverExpires, disconnect: mark(1, 1) });
  expect(standingOf(state)).toEqual({ standing: "disconnected" });
  expect(visibleSession(state, epoch + 1e6 * hours)).toBeDefined();
});

test("a persistent session that was ended is gone", () => {
  const state = persistent({ disconnect: { ...mark(1, 1), ended: true } });
  expect(standingOf(state).standing).toBe("gone");
  expect(visibleSession(state, epoch)).toBeUndefined();
});

test("a client of which no connect is known is not shown", () => {
  const { connect: _, ...unknown } = persistent({ early: { session_identifier: "s", at: epoch } });
  expect(standingOf(unknown)).toEqual({ standing: "gone", expires_at: seconds(epoch + 2 * hours) });
  expect(visibleSession({ ...unknown, disconnect: mark(1) }, epoch)).toBeUndefined();
});

test("a disconnected session is shown until the second in which it expires", () => {
  const state = persistent({ disconnect: mark(1) });
  expect(visibleSession(state, epoch + 2 * hours - 1)).toMatchObject({ connected: false });
  expect(visibleSession(state, epoch + 2 * hours)).toBeUndefined();
});

test("a session shows its times and facts, what is assumed, and nothing of how it is remembered", () => {
  const state = persistent({
    connect: connect(2, 3),
    disconnect: mark(1, 2),
    username: "u",
    ip_address: undefined,
    early: { session_identifier: "other", at: epoch },
    subscriptions_cnt: 2,
  });
  expect(visibleSession(state, epoch)).toEqual({
    clientid: "c",
    username: "u",
    connected: true,
    created_at: epoch,
    connected_at: epoch + 3,
    listener: "tcp:default",
    proto_name: "MQTT",
    proto_ver: 4,
    clean_start: true,
    keepalive: 60,
    expiry_interval: 7_200,
    is_bridge: false,
    subscriptions_cnt: 2,
  });
});

test("a disconnected session shows since when", () => {
  const session = visibleSession(persistent({ disconnect: mark(1, 4) }), epoch);
  expect(session).toMatchObject({ connected: false, connected_at: epoch, disconnected_at: epoch + 4 });
});

test("what a client changed the expiry to when it left counts in place of its connect's, as long as it is away", () => {
  const left = persistent({ disconnect: { ...mark(1, 1_000), expiry_interval: 30 } });
  expect(standingOf(left)).toEqual({ standing: "disconnected", expires_at: seconds(epoch) + 31 });
  expect(visibleSession(left, epoch + 2_000)).toMatchObject({
    expiry_interval: 30,
    disconnected_at: epoch + 1_000,
  });
  const returned = { ...left, connect: connect(2, 5_000) };
  expect(visibleSession(returned, epoch + 6_000)).toMatchObject({ connected: true, expiry_interval: 7_200 });
});

test("a client that left with an expiry of 0 has ended its session", () => {
  const left = persistent({ disconnect: { ...mark(1, 1), expiry_interval: 0 } });
  expect(standingOf(left).standing).toBe("gone");
  expect(visibleSession(left, epoch + 2)).toBeUndefined();
});
