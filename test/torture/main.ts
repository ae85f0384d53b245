import { Command, InvalidArgumentError, Option } from "commander";
import { installLambdaRuntime } from "../../infra/local/lambda-runtime.ts";
import { type Bench, resultText } from "./bench.ts";
import { fuzz } from "./fuzz.ts";

const benches: Record<string, Bench> = { fuzz };

const number = (text: string) => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
};

const { seed, seconds, only } = new Command("torture")
  .description("Treats Fleetgate badly, on this machine, and tells what it did not bear.")
  .option("--seed <n>", "seed of all that is random", number, 1)
  .option("--seconds <n>", "how long each bench may run", number, 90)
  .addOption(new Option("--only <bench>", "runs one bench alone").choices(Object.keys(benches)))
  .parse()
  .opts<{ seed: number; seconds: number; only?: string }>();

installLambdaRuntime();
process.stdout.write(`Node.js ${process.version}, seed ${seed}, ${seconds} seconds each\n\n`);
for (const [name, bench] of Object.entries(benches)) {
  if (only !== undefined && name !== only) continue;
  const result = await bench({ seed, seconds });
  process.stdout.write(`${resultText(result)}\n\n`);
  if (result.failures.length > 0) process.exitCode = 1;
}
