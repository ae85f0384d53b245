import * as fc from "fast-check";
import type { BenchOptions, BenchResult } from "./bench.ts";
import { sequences } from "./model/commands.ts";
import { Model } from "./model/model.ts";
import { World } from "./model/world.ts";

/**
 * Plays random sequences of commands to the started program, by MQTT and by the API, and to a plain model of it. After
 * each command the lists, counts and queues, and what the clients received, must be what the model says. A sequence
 * that shows a difference is made as short as may be.
 */
export async function model({ seed, seconds }: BenchOptions): Promise<BenchResult> {
  const world = await World.open();
  let played = 0;
  let commands = 0;
  let first: string | undefined;
  const play = async (sequence: Iterable<fc.AsyncCommand<Model, World>>) => {
    await world.clear();
    played += 1;
    commands += [...sequence].length;
    try {
      await fc.asyncModelRun(() => ({ model: new Model(), real: world }), sequence);
    } catch (error) {
      first ??= [...world.done, (error as Error).message].join("\n  ");
      throw error;
    }
  };
  let playing = Promise.resolve();
  const property = fc.asyncProperty(sequences, (sequence) => {
    playing = play(sequence);
    return playing;
  });
  const checked = await fc.check(property, {
    seed,
    numRuns: 1_000_000,
    interruptAfterTimeLimit: seconds * 1_000,
    markInterruptAsFailure: false,
  });
  // Whoever is interrupted still plays to the end, and may be restarting the program.
  await playing.catch(() => {});
  await world.close();
  const failures = checked.counterexample
    ? [
        `seed ${seed}, made short: ${checked.counterexample[0]}\n${(checked.errorInstance as Error)?.message}`,
        `as it was found, after:\n  ${first}`,
      ]
    : [];
  return { name: "model", lines: [`${played} sequences, ${commands} commands, seed ${seed}`], failures };
}
