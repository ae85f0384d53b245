import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { stage } from "../../lib/contract/gateway-routes.ts";

/** Headers that a REST API takes away from a request. [aws-facts: API Gateway important notes] */
const withheld = new Set([
  ...["connection", "content-length", "content-md5", "expect", "host", "keep-alive", "max-forwards"],
  ...["proxy-authenticate", "server", "te", "trailer", "transfer-encoding", "upgrade", "www-authenticate"],
]);

/** What was received, as far as the gateway takes it apart. */
export interface ReceivedRequest {
  /** Without the stage, still encoded. */
  path: string;
  fullPath: string;
  /** Still encoded. */
  query: string;
  body: string | null;
}

/** A route of the gateway that a request matched. */
export interface MatchedRoute {
  /** The template, for example `/v5/clients/{proxy+}`. */
  resource: string;
  /** The still encoded rest of the path, where the template has one. */
  proxy?: string;
}

/**
 * The event that a REST API hands to its function (Lambda proxy integration, payload 1.0). The path keeps its
 * encoding, queries are decoded, and header names keep their case.
 */
export function gatewayEvent(
  request: IncomingMessage,
  { path, fullPath, query, body }: ReceivedRequest,
  route: MatchedRoute,
): APIGatewayProxyEvent {
  const requestId = randomUUID();
  const headers = multiValueHeaders(request);
  const queries = multiValueQuery(query);
  const now = Date.now();
  return {
    resource: route.resource,
    path,
    httpMethod: request.method ?? "GET",
    headers: lastValues(headers) ?? {},
    multiValueHeaders: headers,
    queryStringParameters: lastValues(queries),
    multiValueQueryStringParameters: queries,
    pathParameters: route.proxy === undefined ? null : { proxy: route.proxy },
    stageVariables: null,
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      authorizer: null,
      domainName: request.headers.host ?? "localhost",
      domainPrefix: "local",
      extendedRequestId: Buffer.from(randomHex(22), "hex").toString("base64"),
      httpMethod: request.method ?? "GET",
      identity: {
        ...noIdentity,
        sourceIp: sourceIp(request),
        userAgent: request.headers["user-agent"] ?? null,
      },
      path: fullPath,
      protocol: `HTTP/${request.httpVersion}`,
      requestId,
      requestTime: requestTime(now),
      requestTimeEpoch: now,
      resourceId: "local",
      resourcePath: route.resource,
      stage,
    },
    body,
    isBase64Encoded: false,
  };
}

const noIdentity = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
} as const;

/** From UUIDs, for which Node.js keeps random bytes ready. */
const randomHex = (length: number) => randomUUID().replaceAll("-", "").slice(0, length);

const sourceIp = ({ socket }: IncomingMessage) => (socket.remoteAddress ?? "").replace(/^::ffff:/, "");

function multiValueHeaders(request: IncomingMessage): Record<string, string[]> {
  const received: [string, string][] = [];
  for (let n = 0; n + 1 < request.rawHeaders.length; n += 2) {
    const [name = "", value = ""] = request.rawHeaders.slice(n, n + 2);
    if (!withheld.has(name.toLowerCase())) received.push([name, value]);
  }
  const forwarded = request.headers["x-forwarded-for"];
  return {
    ...valuesByName(received),
    Host: [request.headers.host ?? ""],
    "X-Amzn-Trace-Id": [`Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomHex(24)}`],
    "X-Forwarded-For": [[forwarded, sourceIp(request)].flat().filter(Boolean).join(", ")],
    "X-Forwarded-Port": [String(request.socket.localPort ?? "")],
    "X-Forwarded-Proto": ["http"],
  };
}

/** Decodes a query as a form does: `+` is a blank; bytes that are not UTF-8 become U+FFFD. */
function multiValueQuery(query: string): Record<string, string[]> | null {
  const queries = valuesByName(new URLSearchParams(`?${query}`));
  return Object.keys(queries).length > 0 ? queries : null;
}

/** Names may be any text, also those of properties that every object has, such as `__proto__`. */
function valuesByName(pairs: Iterable<[string, string]>): Record<string, string[]> {
  const values = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...values].map(([name, all]) => [name, all.map(([, value]) => value)]));
}

function lastValues(values: Readonly<Record<string, string[]>> | null): Record<string, string> | null {
  if (!values) return null;
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? ""]));
}

/** `25/Nov/2026:19:52:00 +0000` */
function requestTime(now: number): string {
  const [, day, month, year, time] = new Date(now).toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}
