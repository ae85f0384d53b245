import { afterAll, expect } from "vitest";

/** What must never stand in a log line: credentials in a header, tokens, and fields that hold secrets. */
const forbidden = [
  /\b(?:basic|bearer) [a-z0-9+/._=-]{8,}/i,
  /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
  /"(?:api_secret|secret_hash|password|password_hash|old_pwd|new_pwd|token)\\?":\s*\\?"(?!\*{6})/,
];

const secrets = new Set(["passw0rd"]);
const logged: string[] = [];

/** Names a text as a secret: no log line of the test file may hold it, before or after. */
export function keepSecret(text: unknown): void {
  if (typeof text === "string" && text.length >= 8) secrets.add(text);
}

/** Whether a log line holds a secret that is known, or looks as if it held one. */
export function holdsSecret(line: string): boolean {
  return (
    forbidden.some((pattern) => pattern.test(line)) || [...secrets].some((secret) => line.includes(secret))
  );
}

/** Remembers what was written, as far as it is log lines. */
export function watchLog(text: string): void {
  logged.push(...text.split("\n").filter((line) => line.startsWith('{"time"')));
}

/** Watches this process's log, and fails the test file at its end if a line of it holds a secret. */
export function watchOwnLog(): void {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((...given: Parameters<typeof write>) => {
    watchLog(String(given[0]));
    return write(...given);
  }) as typeof process.stdout.write;
  afterAll(() => {
    const leaks = logged.filter(holdsSecret);
    // The lines themselves are secret.
    expect(leaks.map((line) => String(JSON.parse(line).message))).toEqual([]);
  });
}
