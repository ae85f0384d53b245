import { log } from "../log.ts";
import type { HttpRequest, Middleware } from "./http-request.ts";

/** Writes one line for each request: what was asked, by whom, and how it ended. */
export function logRequest(): Middleware {
  const write = ({ event, internal, response }: HttpRequest) => {
    log("info", "request", {
      requestId: event.requestContext.requestId,
      method: event.httpMethod,
      path: event.path,
      operation: internal.name,
      caller: internal.caller?.name,
      status: response?.statusCode,
      milliseconds: Math.round(performance.now() - internal.begin),
    });
  };
  return {
    before: ({ internal }) => {
      internal.begin = performance.now();
    },
    after: write,
    onError: write,
  };
}
