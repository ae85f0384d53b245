import { Command, InvalidArgumentError, Option } from "commander";
import { installLambdaRuntime } from "../../infra/local/lambda-runtime.ts";
import { auth } from "./auth.ts";
import { type Bench, type BenchOptions, resultText } from "./bench.ts";
import { crash } from "./crash.ts";
import { faults } from "./faults.ts";
import { fuzz } from "./fuzz.ts";
import { load } from "./load.ts";
import { model } from "./model.ts";

const benches: Record<string, Bench> = { fuzz, auth, faults, model, crash, load };

const number = (text: string) => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is a whole number.");
  return Number(text);
};

const { only, ...options } = new Command("torture")
  .description("Treats Fleetgate badly, on this machine, and tells what it did not bear.")
  .option("--seed <n>", "seed of all that is random", number, 1)
  .option("--seconds <n>", "how long each bench may run", number, 90)
  .option("--attempts <n>", "how often auth tries to get in, if the time allows", number, 20_000)
  .addOption(new Option("--only <bench>", "runs one bench alone").choices(Object.keys(benches)))
  .parse()
  .opts<Required<BenchOptions> & { only?: string }>();

installLambdaRuntime();
process.stdout.write(`Node.js ${process.version}, seed ${options.seed}, ${options.seconds} seconds each\n\n`);
for (const [name, bench] of Object.entries(benches)) {
  if (only !== undefined && name !== only) continue;
  const result = await bench(options);
  process.stdout.write(`${resultText(result)}\n\n`);
  if (result.failures.length > 0) process.exitCode = 1;
}
