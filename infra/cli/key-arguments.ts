import { InvalidArgumentError } from "commander";
import * as z from "zod/mini";
import { apiKey } from "../../functions/index.ts";

/** The API's own rules for what it is given. */
const { name, desc, expired_at } = apiKey.operations.createApiKey.bodyFields;
const { grace_period } = apiKey.operations.rotateApiKey.bodyFields;

/** The name of a new key. */
export function toName(text: string): string {
  return accepted(name, text, 'A name is a letter, then letters, digits, "-" and "_", 256 in all at most.');
}

export function toDescription(text: string): string {
  return accepted(desc, text, "It holds characters that cannot be printed.");
}

/** The end of a key in epoch seconds, or `infinity`. */
export function toExpiry(text: string): number | "infinity" {
  return accepted(expired_at, text, "It is RFC 3339 with a zone, epoch seconds, or infinity.") ?? "infinity";
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A grace period in seconds. */
export function toGrace(text: string): number {
  const [, count, unit = "s"] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(count) * (secondsOf[unit || "s"] ?? 1);
  return accepted(grace_period, seconds, "It is a time like 24h, 30m or 0, 30d at most.");
}

function accepted<Schema extends z.core.$ZodType>(
  schema: Schema,
  value: unknown,
  hint: string,
): z.output<Schema> {
  const { success, data } = z.safeParse(schema, value);
  if (!success) throw new InvalidArgumentError(hint);
  return data;
}
