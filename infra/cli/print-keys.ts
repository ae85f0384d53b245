import { keyView } from "../../lib/auth/key-view.ts";
import type { ApiKey } from "../../lib/records/api-key.ts";
import { rfc3339Seconds } from "../../lib/records/time.ts";

/** A key as the API shows it, with what only its table tells; `null` is what has not happened. */
export function fullView(key: ApiKey) {
  const time = (seconds: number | undefined) => (seconds === undefined ? null : rfc3339Seconds(seconds));
  return {
    ...keyView(key),
    secret_created_at: rfc3339Seconds(key.secret_created_at ?? key.created_at),
    previous_valid_until: time(key.previous_valid_until),
    last_used_at: time(key.last_used_at),
  };
}

/** Keys by name as a table for people. */
export function keyTable(keys: readonly ApiKey[]): string {
  const rows = keys
    .map(fullView)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, api_key, role, enable, expired, expired_at, last_used_at }) => [
      ...[name, api_key, role, enable ? "yes" : "no"],
      expired_at === "infinity" ? "never" : `${expired_at}${expired ? " (expired)" : ""}`,
      last_used_at ?? "never",
    ]);
  return aligned([["NAME", "API KEY", "ROLE", "ENABLED", "EXPIRES", "LAST USED"], ...rows]);
}

/** Rows of text with their columns below each other. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, n) => Math.max(cell.length, most[n] ?? 0)),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
