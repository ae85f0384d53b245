import { installLambdaRuntime } from "../../infra/local/lambda-runtime.ts";
import { coldStart } from "./cold-start.ts";
import { units } from "./units.ts";

installLambdaRuntime();
process.stdout.write(`Node.js ${process.version}\n\n`);
for (const section of [coldStart, units]) process.stdout.write(`${await section()}\n\n`);
