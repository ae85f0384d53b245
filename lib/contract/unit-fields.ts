/** Field types of settings that are texts with a unit, with EMQX's failure texts. [HOCON schema of EMQX 5.8] */
import * as z from "zod/mini";
import { toBytes, toMilliseconds, toRate } from "../records/units.ts";
import { convertibleText, isPrintable, shownValue } from "./erlang-values.ts";
import { because, explain, notTheWord } from "./failure-detail.ts";

/** A duration with its unit, or milliseconds; kept as it is given. `type` is the name of its type in EMQX. */
export function duration(type = "duration_ms") {
  return unitField(toMilliseconds, (value) => durationProblem(value, type));
}

/** A size with its unit, or bytes; kept as it is given. */
export function byteSize() {
  const expected = { expected: "emqx_schema:bytesize()" };
  return unitField(toBytes, (value) =>
    convertibleText(value) === undefined ? expected : "Not a valid bytesize",
  );
}

/** A size above 0 with its unit, or bytes; becomes bytes. */
export function positiveByteSize() {
  const tooLittle = because("must be higher than 0");
  const invalid = because("Not a valid bytesize");
  const malformed = because("Unable to parse");
  const error = ({ input }: { input?: unknown }) => {
    if (typeof input !== "string" || !isPrintable(input)) return tooLittle;
    return /[^\0-\xff]/.test(input) ? malformed : invalid;
  };
  return z.pipe(z.transform(inBytes), z.int({ error }).check(z.gt(0, { error })));
}

/** A rate; kept as it is given. */
export function rate() {
  return unitField(toRate, (value) =>
    typeof value === "string" || Number.isInteger(value) ? String(value) : { expected: "string()" },
  );
}

/** A duration, or a word that stands for none; `path` is how the wire names the field. */
export function durationOr<const Word extends string>(word: Word, path: string, type = "duration_ms") {
  const error = ({ input }: { input?: unknown }) => explain(neither(word, path, type, input), false);
  const fits = (value: string | number) => value === word || toMilliseconds(value) !== undefined;
  return z.union([z.string({ error }), z.number({ error })], { error }).check(z.refine(fits, { error }));
}

function inBytes(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return /^[+-]\d+$/.test(value) ? Number(value) : (toBytes(value) ?? value);
}

function unitField(read: (value: string | number) => unknown, problem: (value: unknown) => unknown) {
  const error = ({ input }: { input?: unknown }) => because(problem(input));
  const fits = (value: string | number) => read(value) !== undefined;
  return z.union([z.string({ error }), z.number({ error })], { error }).check(z.refine(fits, { error }));
}

const durationProblem = (value: unknown, type: string) =>
  typeof value === "number" || convertibleText(value) === undefined
    ? { expected: `emqx_schema:${type}()` }
    : "Not a valid duration";

function neither(word: string, path: string, type: string, value: unknown): Record<string, unknown> {
  return {
    reason: "matched_no_union_member",
    mismatches: {
      [word]: notTheWord(word, path, value),
      [`emqx_schema:${type}()`]: {
        ...{ kind: "validation_error", path },
        ...{ reason: durationProblem(value, type), value: shownValue(value) },
      },
    },
  };
}
