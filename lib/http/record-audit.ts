import type { APIGatewayProxyEvent } from "aws-lambda";
import { methodOf, pathOf } from "../contract/resource.ts";
import type { ApiDeps } from "../deps/types.ts";
import { log } from "../log.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import { HttpError } from "./http-error.ts";
import type { Found, HttpRequest, Middleware } from "./http-request.ts";

type AuditDeps = Pick<ApiDeps, "audit" | "node">;

/** Names of fields whose values are nobody's business. */
const secretName = /pass|pwd|secret|token|authorization|cookie/i;

/** EMQX cuts bodies there. */
const longestBody = 1_024;

/**
 * Keeps one record of each call that may change something, whatever came of it. A record that cannot be written is
 * logged, and does not fail a call that has happened.
 */
export function recordAudit(deps: () => AuditDeps): Middleware {
  const record = async (request: HttpRequest) => {
    const { operation, begin } = request.internal;
    if (!operation || methodOf(operation) === "GET" || operation.audited === false) return;
    const { audit, node } = deps();
    try {
      await audit.add(entryOf(request, node.name, Math.round(performance.now() - begin)));
    } catch (error) {
      log("error", "an audit record was not written", {
        requestId: request.event.requestContext.requestId,
        error,
      });
    }
  };
  return {
    after: record,
    onError: record,
  };
}

function entryOf(
  { event, internal, response, error }: HttpRequest,
  node: string,
  duration_ms: number,
): AuditEntry {
  const { operation, caller, pathParameters } = internal;
  const status = response?.statusCode ?? 500;
  const path = pathOf(operation);
  const method = event.httpMethod.toLowerCase();
  const byKey = /^basic/i.test(event.headers.authorization ?? "");
  const failure = error instanceof HttpError ? { code: error.code ?? "", message: error.message } : undefined;
  return {
    created_at: Date.now() * 1_000,
    node,
    from: caller?.kind === "api_key" || (!caller && byKey) ? "rest_api" : "dashboard",
    source: sourceOf(internal),
    source_ip: event.requestContext.identity.sourceIp,
    operation_id: path.replace(/\{(\w+)\}/g, ":$1"),
    operation_type: path.split("/")[1] ?? "",
    operation_result: status < 300 || status === 302 ? "success" : "failure",
    http_status_code: status,
    http_method: method,
    duration_ms,
    http_request: {
      method,
      headers: withoutSecrets(lowerCase(event.headers)) as Record<string, string>,
      bindings: Object.fromEntries(
        Object.entries(pathParameters).map(([name, value]) => [name, textOf(value)]),
      ),
      body: bodyOf(event),
    },
    failure: failure ?? (status < 400 ? "" : { code: "INTERNAL_ERROR", message: "" }),
    request_id: event.requestContext.requestId,
  };
}

/** Who called: a user's name or an API key. A login is of the user who was named. [emqx_dashboard_audit] */
function sourceOf({ caller, name, body }: Found): string {
  if (caller) return caller.kind === "api_key" ? caller.api_key : caller.name;
  return name === "login" ? ((body as { username?: string } | undefined)?.username ?? "") : "";
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const lowerCase = (headers: APIGatewayProxyEvent["headers"]) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Only what is JSON is kept, because only there secrets can be told from the rest. */
function bodyOf({ body }: APIGatewayProxyEvent): string {
  try {
    return body ? JSON.stringify(withoutSecrets(JSON.parse(body))).slice(0, longestBody) : "";
  } catch {
    return "";
  }
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    secretName.test(name) ? "******" : withoutSecrets(inner),
  ]);
  return Object.fromEntries(entries);
}
