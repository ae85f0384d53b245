import * as z from "zod/mini";
import { because } from "./failure-detail.ts";

const units: Record<string, number> = { kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 };

/** A number of bytes, above 0; takes digits, or a text with a unit such as `512KB`. [HOCON schema of EMQX 5.8] */
export function positiveByteSize() {
  const invalid = because("Not a valid bytesize");
  const error = ({ input }: { input?: unknown }) =>
    typeof input === "number" ? because("must be higher than 0") : invalid;
  return z.pipe(z.transform(toBytes), z.int({ error }).check(z.gt(0, { error })));
}

function toBytes(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (/^[+-]?\d+$/.test(value)) return Number(value);
  const [, digits, unit = ""] = /^(\d+)(kb|mb|gb)$/i.exec(value) ?? [];
  return digits === undefined ? value : Number(digits) * (units[unit.toLowerCase()] ?? 1);
}
