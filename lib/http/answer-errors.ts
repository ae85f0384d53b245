import type { ErrorCode } from "../contract/errors.ts";
import { log } from "../log.ts";
import { isUnavailable } from "../unavailable.ts";
import { Answer, writeAnswer } from "./answer.ts";
import { HttpError, UnknownPath } from "./http-error.ts";
import type { HttpAnswer, HttpRequest, Middleware } from "./http-request.ts";

/** Turns whatever was thrown into an answer. Our own faults are logged with their cause, and not explained. */
export function answerErrors(): Middleware {
  return {
    onError: (request) => {
      request.response = errorAnswer(request);
    },
  };
}

function errorAnswer({ error, event }: HttpRequest): HttpAnswer {
  if (error instanceof UnknownPath) return unknownPath(event.headers.accept);
  if (error instanceof HttpError) return write(error.status, error.code, error.message, error.headers);
  const requestId = event.requestContext.requestId;
  if (isUnavailable(error)) {
    log("warn", "a service that this one uses is not available", { requestId, error });
    return write(503, "SERVICE_UNAVAILABLE", "Try again later", { "retry-after": "1" });
  }
  log("error", "a request failed", { requestId, error });
  return write(500, "INTERNAL_ERROR", "Internal error, see the log of the server");
}

/** EMQX sends `message`, its documentation shows `reason`; both are there, so that either reader works. */
function write(
  status: number,
  code: ErrorCode | undefined,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return writeAnswer(new Answer(status, code && { code, message, reason: message }, headers));
}

/** EMQX chooses by the beginning of `Accept`, and answers with a page if it is missing. [emqx_dashboard_not_found] */
function unknownPath(accept = ""): HttpAnswer {
  if (accept.startsWith("application/json")) return write(404, "NOT_FOUND", "Request Path Not Found");
  const text = "404 - NOT FOUND";
  const plain = accept.startsWith("text/plain");
  const page = `<html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>`;
  return writeAnswer(
    new Answer(404, plain ? text : page, { "content-type": plain ? "text/plain" : "text/html" }),
  );
}
