import { PassThrough } from "node:stream";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Dynamo } from "../../infra/local/dynamo-engine.ts";
import { invoke, LambdaResponse } from "../../infra/local/lambda-runtime.ts";
import { versionPath } from "../../lib/contract/gateway-routes.ts";
import type { LambdaFunction, ResourceFunction } from "../../lib/http/serve.ts";
import { clientidOf, filtersOf, seedFleet } from "../support/seed-fleet.ts";
import { TestApi } from "../support/test-api.ts";
import { median, table } from "./table.ts";

const population = 1_000;

/** Calls of each operation that are measured; before, a third of them warm up. */
const rounds = 600;

const clientid = clientidOf(1);

/** Resource, and path with query. */
const calls: Record<string, [resource: string, method: string, path: string, body?: object]> = {
  "GET /status, without DynamoDB": ["status", "GET", "/status"],
  "GET /error_codes, only the key is read": ["error-codes", "GET", "/error_codes"],
  "GET one client": ["clients", "GET", `/clients/${clientid}`],
  "GET 100 clients": ["clients", "GET", "/clients?limit=100"],
  "GET /clients?limit=10000, of 1,000": ["clients", "GET", "/clients?limit=10000"],
  "GET /clients?like_clientid=": ["clients", "GET", `/clients?like_clientid=${clientid}`],
  "GET 100 subscriptions": ["subscriptions", "GET", "/subscriptions?limit=100"],
  "GET /subscriptions?topic=": ["subscriptions", "GET", `/subscriptions?topic=${filtersOf(1)[0]}`],
  "POST publish": ["publish", "POST", "/publish", { topic: "t", payload: "x" }],
};

/** Time of one call, from the gateway's event to the end of the answer, and where it goes; nothing else is running. */
export async function operations(): Promise<string> {
  const api = await TestApi.start();
  await seedFleet(api.local.database, population);
  const spent = clocks(api);
  const rows: string[][] = [];
  for (const [name, [resource, method, path, body]] of Object.entries(calls)) {
    const run = await functionOf(resource, api);
    const event = eventOf(api, method, path, body);
    const times: { all: number; client: number; engine: number }[] = [];
    for (let round = -rounds / 3; round < rounds; round += 1) {
      spent();
      const begin = performance.now();
      await call(run, event);
      const all = performance.now() - begin;
      if (round >= 0) times.push({ all, ...spent() });
    }
    // The fastest tenth, because others may be using the machine.
    const fastest = times.sort((a, b) => a.all - b.all).slice(0, rounds / 10);
    const middle = (of: (time: (typeof times)[number]) => number) => median(fastest.map(of)).toFixed(2);
    const parts = [middle(({ all }) => all), middle(({ all, client }) => all - client)];
    rows.push([
      name,
      ...parts,
      middle(({ client, engine }) => client - engine),
      middle(({ engine }) => engine),
    ]);
  }
  await api.close();
  const head = ["call", "ms", "function", "AWS SDK and items", "dynalite"];
  return `## Time of one call in this process, without HTTP and MQTT, and where it goes; of the fastest tenth\n\n${table(head, rows)}`;
}

async function functionOf(resource: string, api: TestApi): Promise<LambdaFunction> {
  const module: { handler: ResourceFunction } = await import(`../../functions/${resource}/handler.ts`);
  return module.handler.with(api.deps);
}

async function call(run: LambdaFunction, event: APIGatewayProxyEvent): Promise<void> {
  const response = new LambdaResponse((head) => {
    if (head.statusCode >= 300) throw new Error(`${event.path} is answered with ${head.statusCode}`);
    return new PassThrough().resume();
  });
  await invoke(run, structuredClone(event), response, 29_000);
}

function eventOf(api: TestApi, httpMethod: string, target: string, body?: object): APIGatewayProxyEvent {
  const { pathname, searchParams } = new URL(target, "http://localhost");
  const headers = { authorization: api.authorization("administrator"), "content-type": "application/json" };
  const multi = (values: Iterable<[string, string]>) =>
    Object.fromEntries([...values].map(([name, value]) => [name, [value]]));
  return {
    ...{
      httpMethod,
      path: versionPath + pathname,
      headers,
      multiValueHeaders: multi(Object.entries(headers)),
    },
    queryStringParameters: Object.fromEntries(searchParams),
    multiValueQueryStringParameters: multi(searchParams),
    requestContext: { requestId: "bench", identity: { sourceIp: "127.0.0.1" } },
    ...{ body: body ? JSON.stringify(body) : null, isBase64Encoded: false },
  } as unknown as APIGatewayProxyEvent;
}

/** Adds up the time of DynamoDB's calls; each call of what is returned tells it and begins anew. */
function clocks({ local }: TestApi): () => { client: number; engine: number } {
  let spent = { client: 0, engine: 0 };
  const timed = async <Result>(part: "client" | "engine", work: () => Promise<Result>): Promise<Result> => {
    const begin = performance.now();
    const result = await work();
    spent[part] += performance.now() - begin;
    return result;
  };
  const { middlewareStack }: DynamoDBClient = local.client;
  const initialize = { step: "initialize", priority: "high", name: "clock" } as const;
  middlewareStack.add((next) => (args) => timed("client", () => next(args)), initialize);
  const engine: Dynamo["call"] = local.changes.call.bind(local.changes);
  local.changes.call = (operation, input) => timed("engine", () => engine(operation, input));
  return () => {
    const result = spent;
    spent = { client: 0, engine: 0 };
    return result;
  };
}
