/** Settings that are texts with a unit, as EMQX configures them. [HOCON schema of EMQX 5.8] */

const millisecondsOf = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const bytesOf = { "": 1, b: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 } as const;

/** A duration as it is configured: a text with units, or milliseconds. */
export type DurationText = string | number;

/** A size as it is configured: a text with a unit, or bytes. */
export type SizeText = string | number;

/** A rate as it is configured: `infinity`, a text like `1000/s`, or a number per second. */
export type RateText = string | number;

/** So many in a time; `per` is milliseconds. */
export interface Rate {
  amount: number;
  per: number;
}

/** Milliseconds of `1h30m`, `1.5s` or `200`; `undefined` for what is no duration. */
export function toMilliseconds(given: DurationText): number | undefined {
  if (typeof given === "number") return Number.isSafeInteger(given) && given >= 0 ? given : undefined;
  if (/^\d+$/.test(given)) return Number(given);
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/i.test(given)) return undefined;
  const parts = given.toLowerCase().matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g);
  return Math.round(
    parts.reduce(
      (sum, [, amount, unit]) => sum + Number(amount) * millisecondsOf[unit as keyof typeof millisecondsOf],
      0,
    ),
  );
}

/** Bytes of `1MB`, `10kb` or `512`; `undefined` for what is no size. */
export function toBytes(given: SizeText): number | undefined {
  if (typeof given === "number") return Number.isSafeInteger(given) && given >= 0 ? given : undefined;
  const [, amount, unit] = /^(\d+)(b|kb|mb|gb)?$/i.exec(given) ?? [];
  return amount === undefined ? undefined : Number(amount) * bytesOf[lower(unit) as keyof typeof bytesOf];
}

/** The rate of `1000/s`, `10/10s`, `1MB/m` or `5`, `"infinity"` itself; `undefined` for what is no rate. */
export function toRate(given: RateText): Rate | "infinity" | undefined {
  if (given === "infinity") return given;
  if (typeof given === "number" && !Number.isSafeInteger(given)) return undefined;
  const [, amount, size, count, unit] =
    /^(\d+)(kb|mb|gb)?(?:\/(\d*)(ms|[smhd]))?$/i.exec(String(given)) ?? [];
  const total = Number(amount) * bytesOf[lower(size) as keyof typeof bytesOf];
  const per = Number(count || 1) * millisecondsOf[lower(unit ?? "s") as keyof typeof millisecondsOf];
  return total > 0 && per > 0 ? { amount: total, per } : undefined;
}

const lower = (unit = "") => unit.toLowerCase();
