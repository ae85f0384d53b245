import type { Readable } from "node:stream";
import type middy from "@middy/core";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import type { Operation } from "../contract/resource.ts";
import type { Role } from "../contract/roles.ts";

/** Who calls: an API key by its name, or a dashboard user by a token. */
export type Caller =
  | { kind: "api_key"; name: string; api_key: string; role: Role }
  | { kind: "token"; name: string; role: Role; token: string; valid_until: number };

/** A path segment whose bytes are not UTF-8; no text field accepts it. */
export class InvalidUtf8 {
  readonly #encoded: string;

  constructor(encoded: string) {
    this.#encoded = encoded;
  }

  toJSON(): string {
    return this.#encoded;
  }
}

/** What the middlewares find out about a request, in their order. */
export interface Found extends Record<string, unknown> {
  /** When the request came, by `performance.now()`. */
  begin: number;
  name: string;
  operation: Operation;
  pathParameters: Record<string, string | InvalidUtf8>;
  caller?: Caller;
  params: unknown;
  query: unknown;
  body: unknown;
}

/** An answer as API Gateway takes it. */
export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string | Readable;
}

/** A request on its way through the middlewares. */
export type HttpRequest = middy.Request<APIGatewayProxyEvent, HttpAnswer, Error, Context, Found>;

/** A step of the chain. */
export type Middleware = middy.MiddlewareObj<APIGatewayProxyEvent, HttpAnswer, Error, Context, Found>;
