import { PassThrough } from "node:stream";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Dynamo } from "../../infra/local/dynamo-engine.ts";
import { invoke, LambdaResponse } from "../../infra/local/lambda-runtime.ts";
import { versionPath } from "../../lib/contract/gateway-routes.ts";
import type { LambdaFunction, ResourceFunction } from "../../lib/http/serve.ts";
import type { TestApi } from "../support/test-api.ts";

export interface Request {
  method: string;
  /** With its query. */
  path: string;
  body?: unknown;
  /** An administrator's key, if absent. */
  authorization?: string;
}

/** The function of a resource, as it is deployed, with the dependencies of an API under test. */
export async function functionOf(resource: string, api: TestApi): Promise<LambdaFunction> {
  const module: { handler: ResourceFunction } = await import(`../../functions/${resource}/handler.ts`);
  return module.handler.with(api.deps);
}

/** Calls a function to the end of its answer; returns the status. */
export async function call(run: LambdaFunction, event: APIGatewayProxyEvent): Promise<number> {
  const response = new LambdaResponse(() => new PassThrough().resume());
  await invoke(run, structuredClone(event), response, 29_000);
  return response.head?.statusCode ?? 0;
}

/** The gateway's event for a request of an administrator, below `/api/v5` unless it begins with `//`. */
export function eventOf(
  api: TestApi,
  { method, path, body, authorization = api.authorization("administrator") }: Request,
): APIGatewayProxyEvent {
  const target = path.startsWith("//") ? path.slice(1) : versionPath + path;
  const { pathname, searchParams } = new URL(target, "http://localhost");
  const headers = { authorization, "content-type": "application/json" };
  const multi = (values: Iterable<[string, string]>) =>
    Object.fromEntries([...values].map(([name, value]) => [name, [value]]));
  return {
    ...{
      httpMethod: method,
      path: pathname,
      headers,
      multiValueHeaders: multi(Object.entries(headers)),
    },
    queryStringParameters: Object.fromEntries(searchParams),
    multiValueQueryStringParameters: multi(searchParams),
    requestContext: { path: pathname, requestId: "bench", identity: { sourceIp: "127.0.0.1" } },
    ...{ body: body === undefined ? null : JSON.stringify(body), isBase64Encoded: false },
  } as unknown as APIGatewayProxyEvent;
}

/** The time during which DynamoDB is asked, by its client and in its engine; each call of what is returned begins anew. */
export function clocks({ local }: TestApi): () => { client: number; engine: number } {
  const [client, engine] = [new Clock(), new Clock()];
  const { middlewareStack }: DynamoDBClient = local.client;
  const initialize = { step: "initialize", priority: "high", name: "clock" } as const;
  middlewareStack.add((next) => (args) => client.during(() => next(args)), initialize);
  const ask: Dynamo["call"] = local.changes.call.bind(local.changes);
  local.changes.call = (operation, input) => engine.during(() => ask(operation, input));
  return () => ({ client: client.take(), engine: engine.take() });
}

/** Runs while something goes on, however much of it side by side. */
class Clock {
  #spent = 0;
  #running = 0;
  #begin = 0;

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running++ === 0) this.#begin = performance.now();
    try {
      return await work();
    } finally {
      if (--this.#running === 0) this.#spent += performance.now() - this.#begin;
    }
  }

  /** The milliseconds so far; begins again at 0. */
  take(): number {
    const spent = this.#spent;
    this.#spent = 0;
    return spent;
  }
}
