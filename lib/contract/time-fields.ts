import * as z from "zod/mini";
import { because, explain } from "./failure-detail.ts";

/** An instant as epoch milliseconds; takes a decimal epoch or RFC 3339 with a zone, `T` or a blank between. */
export function instant(last = lastInstant) {
  const error = ({ input }: { input?: unknown }) => because(instantProblem(input));
  return z.pipe(
    z.transform(toEpochMilliseconds),
    z.int({ error }).check(z.gte(0, { error }), z.lte(last, { error })),
  );
}

/** An instant as epoch microseconds; takes epoch milliseconds or microseconds, or RFC 3339. [emqx_audit_api] */
export function microsecondInstant() {
  return z.pipe(
    instant(lastInstant * 1000),
    z.transform((value) => (value < firstMicroseconds ? value * 1000 : value)),
  );
}

/** An instant as epoch seconds; takes a decimal epoch or RFC 3339 with a zone, cut to seconds. */
export function epochSecond() {
  const error = ({ input }: { input?: unknown }) => because(instantProblem(input));
  return z.pipe(
    z.transform(toEpochSeconds),
    z.int({ error }).check(z.gte(0, { error }), z.lte(lastExpiry, { error })),
  );
}

/** The end of something in epoch seconds, `undefined` for `infinity`; takes also RFC 3339, cut to seconds. */
export function expiry(path: string) {
  const error = ({ input }: { input?: unknown }) => explain(neitherEnd(path, input), false);
  return z.pipe(
    z.transform((value) => (value === "infinity" ? undefined : toEpochSeconds(value))),
    z.optional(z.int({ error }).check(z.gte(0, { error }), z.lte(lastExpiry, { error }))),
  );
}

/** Numbers from here on are microseconds: as milliseconds they would lie thousands of years ahead. */
const firstMicroseconds = 100_000_000_000_000;

/** The latest expiry that EMQX takes, in epoch seconds. */
const lastExpiry = 253_402_214_400;

function toEpochSeconds(value: unknown): unknown {
  if (typeof value === "string" && /^\d+$/.test(value)) return Number(value);
  const instant = typeof value === "string" ? toEpochMilliseconds(value) : value;
  return typeof value === "string" && typeof instant === "number" ? Math.floor(instant / 1000) : value;
}

function neitherEnd(path: string, value: unknown): Record<string, unknown> {
  const failure = (reason: string) => ({ kind: "validation_error", path, reason, value });
  return {
    reason: "matched_no_union_member",
    mismatches: {
      infinity: failure(`Expected: infinity, got:${value}`),
      "emqx_utils_calendar:epoch_second()": failure(
        typeof value === "number" ? "bad_epoch" : "bad_rfc3339_timestamp",
      ),
    },
  };
}

const instantProblem = (value: unknown) =>
  /^-?\d+$/.test(String(value)) ? "bad_epoch" : "bad_rfc3339_timestamp";

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** The end of the year 9999. */
const lastInstant = 253_402_300_799_999;

function toEpochMilliseconds(value: unknown) {
  if (typeof value !== "string") return value;
  if (/^\d+$/.test(value)) return Number(value);
  const [, day] = rfc3339.exec(value) ?? [];
  const instant = Date.parse(value.toUpperCase().replace(" ", "T"));
  return day !== undefined && isCalendarDay(day) && !Number.isNaN(instant) ? instant : value;
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isCalendarDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
