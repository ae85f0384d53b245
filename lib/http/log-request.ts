import { log } from "../log.ts";
import type { HttpRequest, Middleware } from "./http-request.ts";

/** Writes one line for each request: what was asked, by whom, and how it ended. */
export function logRequest(): Middleware {
  const started = new WeakMap<object, number>();
  const write = ({ event, internal, response }: HttpRequest) => {
    const begin = started.get(event);
    log("info", "request", {
      requestId: event.requestContext.requestId,
      method: event.httpMethod,
      path: event.path,
      operation: internal.name,
      caller: internal.caller?.name,
      status: response?.statusCode,
      milliseconds: begin === undefined ? undefined : Math.round(performance.now() - begin),
    });
  };
  return {
    before: ({ event }) => {
      started.set(event, performance.now());
    },
    after: write,
    onError: write,
  };
}
