import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const main = resolve(import.meta.dirname, "../../infra/local/main.ts");

/** The started program, as a user has it: a process that was told its options. */
export class Program {
  /** Told what a program printed, once it has ended. */
  static onEnd: (output: string) => void = () => {};

  readonly child: ChildProcess;
  /** What it printed so far. */
  output = "";
  errors = "";

  /** `nodeOptions` are for Node.js itself. */
  constructor(args: readonly string[], nodeOptions: readonly string[] = []) {
    this.child = spawn(process.execPath, [...nodeOptions, main, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.on("data", (chunk) => {
      this.output += chunk;
    });
    this.child.stderr?.on("data", (chunk) => {
      this.errors += chunk;
    });
    this.child.on("close", () => Program.onEnd(this.output));
  }

  /** Starts it on free ports; resolves when it says that it runs. */
  static start(data: string, ...args: string[]): Promise<Program> {
    return Program.startWith([], data, ...args);
  }

  /** The same, with options for Node.js itself. */
  static async startWith(nodeOptions: readonly string[], data: string, ...args: string[]): Promise<Program> {
    const ports = ["--http-port", "0", "--mqtt-port", "0", "--ws-port", "0"];
    const program = new Program(["--data", data, ...ports, ...args], nodeOptions);
    const ended = once(program.child, "exit").then(() => {
      throw new Error(`The program ended: ${program.errors}`);
    });
    ended.catch(() => {});
    while (!program.output.includes("curl ")) {
      await Promise.race([once(program.child.stdout ?? program.child, "data"), ended]);
    }
    return program;
  }

  /** The first address with a scheme that it printed, for example `mqtt:` or `ws:`. */
  address(scheme: string): string {
    return new RegExp(`${scheme}//\\S+`).exec(this.output)?.[0] ?? "";
  }

  /** The curl line that it printed. */
  get curl(): string {
    return /^ {2}(curl .*)$/m.exec(this.output)?.[1] ?? "";
  }

  /** Ends it, as Ctrl-C does; returns its exit code. */
  async interrupt(): Promise<number | null> {
    const exit = once(this.child, "exit");
    this.child.kill("SIGINT");
    const [code] = await exit;
    return code as number | null;
  }
}

/** A new empty folder. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "fleetgate-"));
}
