import * as z from "zod/mini";
import { convertibleText, shownValue } from "./erlang-values.ts";
import { because, explain, notTheWord } from "./failure-detail.ts";

/** An instant as epoch milliseconds; takes a decimal epoch or RFC 3339 with a zone, `T` or a blank between. */
export function instant(last = lastInstant) {
  const error = ({ input }: { input?: unknown }) => because(instantProblem(input, "millisecond"));
  return z.pipe(
    z.transform(upTo(last, toEpochMilliseconds)),
    z.int({ error, abort: true }).check(z.gte(0, { error }), z.lte(last, { error })),
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
  const error = ({ input }: { input?: unknown }) => because(instantProblem(input, "second"));
  return z.pipe(
    z.transform(upTo(lastExpiry, toEpochSeconds)),
    z.int({ error, abort: true }).check(z.gte(0, { error }), z.lte(lastExpiry, { error })),
  );
}

/** The end of something in epoch seconds, `undefined` for `infinity`; takes also RFC 3339, cut to seconds. */
export function expiry(path: string) {
  const error = ({ input }: { input?: unknown }) => explain(neitherEnd(path, input), false);
  return z.pipe(
    z.transform((value) => (value === "infinity" ? undefined : upTo(lastExpiry, toEpochSeconds)(value))),
    z.optional(z.int({ error, abort: true }).check(z.gte(0, { error }), z.lte(lastExpiry, { error }))),
  );
}

/** Leaves what lies behind the last instant as it was given, so that failures repeat it like that. */
const upTo = (last: number, read: (value: unknown) => unknown) => (value: unknown) => {
  const instant = read(value);
  return typeof instant === "number" && instant > last ? value : instant;
};

/** Numbers from here on are microseconds: as milliseconds they would lie thousands of years ahead. */
const firstMicroseconds = 100_000_000_000_000;

/** The latest expiry that EMQX takes, in epoch seconds. */
const lastExpiry = 253_402_214_400;

function toEpochSeconds(value: unknown): unknown {
  const instant = toEpochMilliseconds(value);
  const isEpoch = /^\d+$/.test(convertibleText(value) ?? "");
  return isEpoch || typeof instant !== "number" || instant === value ? instant : Math.floor(instant / 1000);
}

function neitherEnd(path: string, value: unknown): Record<string, unknown> {
  return {
    reason: "matched_no_union_member",
    mismatches: {
      infinity: notTheWord("infinity", path, value),
      "emqx_utils_calendar:epoch_second()": {
        ...{ kind: "validation_error", path },
        ...{ reason: instantProblem(value, "second"), value: shownValue(value) },
      },
    },
  };
}

function instantProblem(value: unknown, unit: "second" | "millisecond") {
  const text = convertibleText(value);
  if (text === undefined) return { expected: `emqx_utils_calendar:epoch_${unit}()` };
  return /^-?\d+$/.test(text) ? "bad_epoch" : "bad_rfc3339_timestamp";
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** The end of the year 9999. */
const lastInstant = 253_402_300_799_999;

function toEpochMilliseconds(value: unknown): unknown {
  const text = convertibleText(value);
  if (text === undefined) return value;
  if (/^\d+$/.test(text)) return Number(text);
  const [, day] = rfc3339.exec(text) ?? [];
  const instant = Date.parse(text.toUpperCase().replace(" ", "T"));
  return day !== undefined && isCalendarDay(day) && !Number.isNaN(instant) ? instant : value;
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isCalendarDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
