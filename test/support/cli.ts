import { execFile } from "node:child_process";
import { resolve } from "node:path";

const main = resolve(import.meta.dirname, "../../infra/cli/main.ts");

/** What a command came to. */
export interface CliOutcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `fleetgate …` as a user does; of AWS's settings it has only those given here. */
export function runCli(args: readonly string[], settings: Record<string, string> = {}): Promise<CliOutcome> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|FLEETGATE)_/.test(name));
  const env = { ...Object.fromEntries(inherited), HOME: "/nonexistent", ...settings };
  return new Promise((done) => {
    const child = execFile(process.execPath, [main, ...args], { env }, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
