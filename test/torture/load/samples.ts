import { readdir, readFile, readlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Inspector } from "./inspector.ts";

/** What a process holds at a moment. Sizes are in bytes. */
export interface Sample {
  /** Seconds since the first one. */
  at: number;
  heap: number;
  buffers: number;
  /** Resident memory of its own, without files that are mapped; 0 where there is no `/proc`. */
  resident: number;
  /** Open files and sockets; 0 where there is no `/proc`. */
  files: number;
  sockets: number;
  handles: number;
}

/** Takes samples of a process. */
export class Sampler {
  readonly samples: Sample[] = [];
  readonly #pid: number;
  readonly #inspector: Inspector;
  readonly #begin = performance.now();

  constructor(pid: number, inspector: Inspector) {
    this.#pid = pid;
    this.#inspector = inspector;
  }

  async take(): Promise<Sample> {
    const memory = await this.#inspector.memory();
    const handles = Object.values(await this.#inspector.handles());
    const at = (performance.now() - this.#begin) / 1_000;
    return {
      ...{ at, ...memory, ...(await openFiles(this.#pid)), resident: await residentSize(this.#pid) },
      handles: handles.reduce((sum, count) => sum + count, 0),
    };
  }

  /** Takes one after the other until it is over. */
  async follow(every: number, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      this.samples.push(await this.take());
      await sleep(every);
    }
  }
}

async function openFiles(pid: number): Promise<Pick<Sample, "files" | "sockets">> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  return { files: names.length, sockets: targets.filter((it) => it.startsWith("socket:")).length };
}

async function residentSize(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024;
}
