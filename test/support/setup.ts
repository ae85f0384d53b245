import { installLambdaRuntime } from "../../infra/local/lambda-runtime.ts";

installLambdaRuntime();
