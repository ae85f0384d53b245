import { readFileSync } from "node:fs";
import { freemem, loadavg, totalmem } from "node:os";
import type { NodeFacts } from "../records/node.ts";

/** The facts of this process on its machine. */
export function nodeFacts(name: string): NodeFacts {
  const max_fds = openFilesLimit();
  return {
    name,
    started_at: Date.now(),
    load() {
      const [load1 = 0, load5 = 0, load15 = 0] = loadavg().map((load) => Math.round(load * 100) / 100);
      const memory_total = totalmem();
      const memory_used = memory_total - freemem();
      return { load1, load5, load15, memory_total, memory_used, max_fds, sys_path: process.cwd() };
    },
  };
}

/** The limit of open files on Linux; elsewhere what is common. */
function openFilesLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 1024);
  } catch {
    return 1024;
  }
}
