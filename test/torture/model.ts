import * as fc from "fast-check";
import { type BenchOptions, type BenchResult, timer } from "./bench.ts";
import { beginnings, sequences } from "./model/commands.ts";
import { Model } from "./model/model.ts";
import { World } from "./model/world.ts";

/** Share of the time after which a sequence that shows a difference is not made shorter any more. */
const shrinking = 1.5;

/**
 * Plays random sequences of commands to the started program, by MQTT and by the API, and to a plain model of it. After
 * each command the lists, counts and queues, and what the clients received, must be what the model says. A sequence
 * that shows a difference is made as short as may be.
 */
export async function model({ seed, seconds }: BenchOptions): Promise<BenchResult> {
  const world = await World.open();
  const isOver = timer(seconds);
  const isOverdue = timer(seconds * shrinking);
  const failures: string[] = [];
  let played = 0;
  let commands = 0;
  const property = fc.asyncProperty(beginnings, sequences, async (beginning, sequence) => {
    if (isOverdue()) return;
    played += 1;
    try {
      await world.clear();
      const model = new Model();
      for (const command of beginning) await command.run(model, world);
      await fc.asyncModelRun(() => ({ model, real: world }), sequence);
    } finally {
      commands += world.done.length;
    }
  });
  for (let n = 0; !isOver() && failures.length === 0; n += 1) {
    // One at a time: fast-check would leave a sequence that is under way when the time is over.
    const checked = await fc.check(property, { seed: seed * 100_000 + n, numRuns: 1 });
    if (!checked.counterexample) continue;
    const { message } = checked.errorInstance as Error;
    failures.push(`seed ${seed}, sequence ${n}, made short: ${checked.counterexample.join(",")}\n${message}`);
  }
  await world.close();
  return { name: "model", lines: [`${played} sequences, ${commands} commands, seed ${seed}`], failures };
}
