/** What a bench is told: the seed of all that is random in it, and about how long it may run. */
export interface BenchOptions {
  seed: number;
  seconds: number;
}

export interface BenchResult {
  name: string;
  /** What was done and measured. */
  lines: string[];
  /** What should not have happened; the bench has passed if there is none. */
  failures: string[];
}

/** A bench: it starts what it needs, and ends it. */
export type Bench = (options: BenchOptions) => Promise<BenchResult>;

/** Whether the time of a bench is over. */
export function timer(seconds: number): () => boolean {
  const end = performance.now() + seconds * 1_000;
  return () => performance.now() > end;
}

/** The result of a bench as text. */
export function resultText({ name, lines, failures }: BenchResult): string {
  const found = failures.length === 0 ? ["no failure"] : [`${failures.length} failures`, ...failures];
  return [`## ${name}`, ...lines, ...found].join("\n");
}
