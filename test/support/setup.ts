import { configureGlobal } from "fast-check";
import { installLambdaRuntime } from "../../infra/local/lambda-runtime.ts";
import { watchLog, watchOwnLog } from "./log-watch.ts";
import { Program } from "./program.ts";

installLambdaRuntime();
watchOwnLog();
Program.onEnd = watchLog;

/** Property tests try the same cases in every run, so that a run can be repeated; PROPERTY_SEED tries others. */
configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20_261_125) });
