import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { PassThrough, type Writable } from "node:stream";
import { type GatewayResponse, gatewayResponses } from "../../lib/contract/gateway-responses.ts";
import { gatewayRoutes, stage, versionPath } from "../../lib/contract/gateway-routes.ts";
import type { Resource } from "../../lib/contract/resource.ts";
import type { LambdaFunction } from "../../lib/http/serve.ts";
import { log } from "../../lib/log.ts";
import { gatewayEvent, type MatchedRoute } from "./gateway-event.ts";
import { type AnswerHead, invoke, LambdaResponse } from "./lambda-runtime.ts";

/** Limits of a REST API, in bytes and milliseconds. [aws-facts 1.2, 1.6] */
const limits = { body: 10_485_760, event: 6_291_456, headers: 10_240, url: 10_240, integration: 29_000 };

/** How long a connection is kept that nobody uses, in milliseconds; as long as by EMQX. */
const idleMilliseconds = 60_000;

/** Headers of a function's answer that a REST API renames; the original is kept too, because EMQX sends it. */
const remapped = new Set(["www-authenticate"]);

/** Statuses whose answers have no body, and no length of it. [RFC 9110, 8.6] */
const bodiless = new Set([204, 304]);

/** A function with the resource that it serves. */
export interface DeployedFunction {
  resource: Resource;
  run: LambdaFunction;
}

/**
 * An HTTP server that does what API Gateway does before and after a function: routes by the still encoded path,
 * makes the event, and enforces the limits. The answers are those of a Regional REST API with streaming.
 */
export function createGateway(functions: readonly DeployedFunction[]): Server {
  const routes = new Map(
    functions.flatMap(({ resource, run }) => gatewayRoutes(resource).map((path) => [path, run] as const)),
  );
  const options = { maxHeaderSize: limits.headers + limits.url, keepAliveTimeout: idleMilliseconds };
  return createServer(options, (request, response) => {
    handle(routes, request, response).catch((error) => {
      log("error", "the gateway failed", { error });
      response.destroy();
    });
  });
}

type Routes = ReadonlyMap<string, LambdaFunction>;

async function handle(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { path, fullPath, query, staged } = splitUrl(originForm(request.url ?? "/"));
  const route = matchRoute(staged ? routes : outsideRoutes(routes), path);
  const run = route && routes.get(route.resource);
  if (!run || !route) return respond(response, gatewayResponses.MISSING_AUTHENTICATION_TOKEN);
  const body = await readBody(request);
  if (body === undefined) return tooLong(response);
  const event = gatewayEvent(request, { path, fullPath, query, body: body || null }, route);
  if (Buffer.byteLength(JSON.stringify(event)) > limits.event) return tooLong(response);
  await answer(run, event, response);
}

/** A request target without scheme and host, which stand in it if a proxy was meant. [RFC 9112, 3.2.2] */
const originForm = (target: string) => target.replace(/^https?:\/\/[^/?]*\/?/i, "/");

/** Path without the stage, and query, both still encoded. */
function splitUrl(url: string): { path: string; fullPath: string; query: string; staged: boolean } {
  const at = url.indexOf("?");
  const fullPath = at < 0 ? url : url.slice(0, at);
  const staged = fullPath.startsWith(`/${stage}/`);
  const path = staged ? fullPath.slice(stage.length + 1) : fullPath;
  return { path, fullPath, query: at < 0 ? "" : url.slice(at + 1), staged };
}

/** What is served without the stage, as under a custom domain that maps its root to it. */
function outsideRoutes(routes: Routes): Routes {
  return new Map([...routes].filter(([path]) => !path.startsWith(versionPath)));
}

/** A concrete path wins over `{proxy+}`, and the longest `{proxy+}` over shorter ones. */
function matchRoute(routes: Routes, path: string): MatchedRoute | undefined {
  const trimmed = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  if (routes.has(trimmed)) return { resource: trimmed };
  for (let end = trimmed.lastIndexOf("/"); end >= 0; end = trimmed.lastIndexOf("/", end - 1)) {
    const resource = `${trimmed.slice(0, end)}/{proxy+}`;
    if (routes.has(resource)) return { resource, proxy: trimmed.slice(end + 1) };
    if (end === 0) break;
  }
  return undefined;
}

/** The body of a request, `undefined` if it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limits.body) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function answer(
  run: LambdaFunction,
  event: Parameters<LambdaFunction>[0],
  response: ServerResponse,
): Promise<void> {
  const stream = new LambdaResponse((head, length) => {
    clearTimeout(timer);
    return begin(response, head, event.requestContext.requestId, length);
  });
  // Whoever writes is told by the call that failed; a caller who has gone is no reason to end the process.
  stream.on("error", () => {});
  const timer = setTimeout(() => {
    if (!response.headersSent) respond(response, gatewayResponses.INTEGRATION_TIMEOUT);
  }, limits.integration);
  try {
    await invoke(run, event, stream, limits.integration);
    if (!stream.head) throw new Error("The function ended without an answer");
  } catch (error) {
    log("error", "a function failed", { requestId: event.requestContext.requestId, error });
    if (stream.head) response.destroy();
    else writeJson(response, 502, { message: "Internal server error" });
  } finally {
    clearTimeout(timer);
  }
}

function begin(
  response: ServerResponse,
  { statusCode, headers = {} }: AnswerHead,
  requestId: string,
  length: number | undefined,
): Writable {
  if (response.headersSent) return new PassThrough().resume();
  const sent: Record<string, string> = { "x-amzn-requestid": requestId };
  if (length !== undefined && !bodiless.has(statusCode)) sent["content-length"] = String(length);
  for (const [name, value] of Object.entries(headers)) {
    sent[name] = value;
    if (remapped.has(name.toLowerCase())) sent[`x-amzn-remapped-${name.toLowerCase()}`] = value;
  }
  const typed = Object.keys(sent).some((name) => name.toLowerCase() === "content-type");
  if (!typed) sent["content-type"] = "application/json";
  return response.writeHead(statusCode, sent);
}

function respond(response: ServerResponse, { status, body, headers }: GatewayResponse): void {
  writeJson(response, status, body, headers);
}

/** The body of this one cannot be chosen on API Gateway. */
function tooLong(response: ServerResponse): void {
  writeJson(
    response,
    413,
    { message: `HTTP content length exceeded ${limits.body} bytes` },
    { connection: "close" },
  );
}

function writeJson(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
