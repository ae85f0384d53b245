import { installLambdaRuntime } from "../../infra/local/lambda-runtime.ts";
import { logTo } from "../../lib/log.ts";
import { coldStart } from "./cold-start.ts";
import { everyOperation } from "./every-operation.ts";
import { operations } from "./operations.ts";
import { type BenchOptions, readOptions } from "./options.ts";
import { requests } from "./requests.ts";
import { storm } from "./storm.ts";
import { units } from "./units.ts";

const sections: Record<string, (options: BenchOptions) => Promise<string>> = {
  bundles: coldStart,
  units,
  operations,
  "every-operation": everyOperation,
  requests,
  storm,
};

const options = readOptions();
installLambdaRuntime();
// Only the program that is measured writes a log.
logTo(() => {});
process.stdout.write(`Node.js ${process.version}\n\n`);
for (const [name, section] of Object.entries(sections)) {
  if (name.includes(options.only)) process.stdout.write(`${await section(options)}\n\n`);
}
