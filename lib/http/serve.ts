import type { Writable } from "node:stream";
import middy from "@middy/core";
import { executionModeStreamifyResponse } from "@middy/core/StreamifyResponse";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import type { ErrorCode } from "../contract/errors.ts";
import type { Operation, Resource } from "../contract/resource.ts";
import { awsDeps } from "../deps/aws.ts";
import { corsOrigins } from "../deps/settings.ts";
import type { ApiDeps } from "../deps/types.ts";
import { Answer, writeAnswer } from "./answer.ts";
import { answerErrors } from "./answer-errors.ts";
import { authenticate } from "./authenticate.ts";
import { authorize } from "./authorize.ts";
import { compressAnswer } from "./compress-answer.ts";
import { cors } from "./cors.ts";
import { HttpError } from "./http-error.ts";
import type { Found, HttpAnswer } from "./http-request.ts";
import { logRequest } from "./log-request.ts";
import { matchOperation } from "./match-operation.ts";
import type { Handlers } from "./operation-function.ts";
import { readRequest } from "./read-request.ts";
import { recordAudit } from "./record-audit.ts";

/** A function as Lambda runs it in response-streaming mode. */
export type LambdaFunction = (
  event: APIGatewayProxyEvent,
  stream: Writable,
  context: Context,
) => Promise<void>;

/** The Lambda function of a resource, and the same function with other dependencies than those on AWS. */
export type ResourceFunction = LambdaFunction & { with: (deps: ApiDeps) => LambdaFunction };

/**
 * Makes the Lambda function of a resource. Its steps, in EMQX's order: 404 and 405, 401, 403, 400 and 415, then the
 * operation. Whatever is thrown on the way becomes an answer.
 */
export function serve<const R extends Resource>(resource: R, handlers: Handlers<R>): ResourceFunction {
  const operations = handlers as Readonly<Record<string, AnyFunction>>;
  const build = (deps: () => ApiDeps) => chain(resource, operations, deps);
  return Object.assign(build(awsDeps), { with: (deps: ApiDeps) => build(() => deps) });
}

/** How much earlier than Lambda would end it a request is given up, in milliseconds. */
const timeoutEarlyInMillis = 500;

type AnyFunction = (input: unknown, deps: unknown) => unknown;

function chain(
  resource: Resource,
  operations: Readonly<Record<string, AnyFunction>>,
  deps: () => ApiDeps,
): LambdaFunction {
  const calls = new WeakMap<APIGatewayProxyEvent, Found>();
  const run = middy<APIGatewayProxyEvent, HttpAnswer, Error, Context, Found>({
    executionMode: executionModeStreamifyResponse,
    timeoutEarlyInMillis,
    timeoutEarlyResponse: () => {
      throw new HttpError(503, "SERVICE_UNAVAILABLE", "The request took too long", { "retry-after": "1" });
    },
  })
    .use(logRequest())
    .use(recordAudit(deps))
    .use(cors(corsOrigins()))
    .use(answerErrors())
    .use(httpHeaderNormalizer())
    .use(compressAnswer())
    .use(matchOperation(resource))
    .use(authenticate(deps))
    .use(authorize(deps))
    .use(readRequest())
    .before(({ event, internal }) => void calls.set(event, internal))
    .handler(async (event: APIGatewayProxyEvent) => {
      const found = calls.get(event);
      if (!found) throw new Error("A request reached its operation without having been read");
      return writeAnswer(await runOperation(found, event.requestContext, operations[found.name], deps()));
    });
  return run as unknown as LambdaFunction;
}

async function runOperation(
  found: Found,
  context: APIGatewayProxyEvent["requestContext"],
  run: AnyFunction | undefined,
  deps: ApiDeps,
): Promise<Answer> {
  const { name, operation, params, query, body } = found;
  if (!run) throw new Error(`The operation ${name} has no function`);
  const call = { caller: found.caller, address: context.identity.sourceIp, path: context.path };
  const outcome = await run({ params, query, body, ...call, answer, fail }, deps);
  return outcome instanceof Answer ? outcome : new Answer(soleStatus(operation), outcome);
}

const soleStatus = ({ answers }: Operation) => Number(Object.keys(answers)[0]);

const answer = (status: number, body: unknown, headers?: Record<string, string>) =>
  new Answer(status, body, headers);

function fail(status: number, code: ErrorCode, message: string): never {
  throw new HttpError(status, code, message);
}
