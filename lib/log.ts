export type LogLevel = "info" | "warn" | "error";

/** Writes one line of JSON. Fields must not hold secrets; of an error name, message, stack and causes are written. */
export function log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  const entry = { time: new Date().toISOString(), level, message, ...fields };
  output(`${JSON.stringify(entry, plainErrors)}\n`);
}

/** Where lines go: on Lambda each at once, because nothing runs after an answer. */
let output: (line: string) => void = (line) => void process.stdout.write(line);

/** Sends lines elsewhere from now on. */
export function logTo(write: (line: string) => void): void {
  output = write;
}

function plainErrors(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, ...(cause !== undefined && { cause }) };
}
