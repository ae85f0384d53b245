import type { ErrorCode } from "./errors.ts";

/** An answer that API Gateway gives itself, without a function. */
export interface GatewayResponse {
  status: number;
  body: { code: ErrorCode; message: string; reason: string };
  headers?: Readonly<Record<string, string>>;
}

/** What API Gateway answers by itself, by its own names for the cases; the local gateway answers the same. */
export const gatewayResponses = {
  MISSING_AUTHENTICATION_TOKEN: failure(404, "NOT_FOUND", "Request Path Not Found"),
  THROTTLED: failure(429, "SERVICE_UNAVAILABLE", "Too many requests", { "Retry-After": "1" }),
  QUOTA_EXCEEDED: failure(429, "SERVICE_UNAVAILABLE", "Too many requests", { "Retry-After": "1" }),
  INTEGRATION_TIMEOUT: failure(504, "SERVICE_UNAVAILABLE", "The request took too long"),
  INTEGRATION_FAILURE: failure(504, "SERVICE_UNAVAILABLE", "The request could not be served"),
  API_CONFIGURATION_ERROR: failure(500, "INTERNAL_ERROR", "Internal error, see the log of the server"),
  UNSUPPORTED_MEDIA_TYPE: failure(415, "UNSUPPORTED_MEDIA_TYPE", "content-type:application/json Required"),
  BAD_REQUEST_BODY: failure(400, "BAD_REQUEST", "The body is not valid"),
  BAD_REQUEST_PARAMETERS: failure(400, "BAD_REQUEST", "The parameters are not valid"),
  ACCESS_DENIED: failure(403, "UNAUTHORIZED_ROLE", "Access denied"),
  WAF_FILTERED: failure(403, "UNAUTHORIZED_ROLE", "Access denied"),
} as const satisfies Record<string, GatewayResponse>;

function failure(
  status: number,
  code: ErrorCode,
  message: string,
  headers?: Readonly<Record<string, string>>,
): GatewayResponse {
  return { status, body: { code, message, reason: message }, ...(headers && { headers }) };
}
