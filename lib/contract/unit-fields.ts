/** Fields that are texts with a unit. [emqx_schema, HOCON schema of EMQX 5.8] */
import * as z from "zod/mini";
import { because } from "./failure-detail.ts";
import { text } from "./fields.ts";

const milliseconds: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const part = String.raw`(\d+(?:\.\d+)?)(ms|[smhdw])`;
const wholeText = new RegExp(`^(?:(?:${part})+|\\d+)$`, "i");

/** A duration such as `500ms`, `300s` or `1h30m`; a number is milliseconds. The text is kept as it is. */
export function duration() {
  const error = because("Not a valid duration");
  return z.pipe(text(), z.string().check(z.refine((value) => wholeText.test(value), { error })));
}

/** Milliseconds of a text that `duration` takes. */
export function durationMs(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const parts = [...text.toLowerCase().matchAll(new RegExp(part, "g"))];
  return Math.round(
    parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (milliseconds[unit] ?? 0), 0),
  );
}
