import { onTestFinished, vi } from "vitest";
import { watchLog } from "./log-watch.ts";

/** The lines that the log got since the call, until the test ends. */
export interface CapturedLog {
  text(): string;
  entries(): Record<string, unknown>[];
}

export function captureLog(): CapturedLog {
  const chunks: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    chunks.push(String(chunk));
    watchLog(String(chunk));
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  const text = () => chunks.join("");
  return {
    text,
    entries: () =>
      text()
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
