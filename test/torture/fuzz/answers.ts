import * as resources from "../../../functions/index.ts";
import { publishedErrorCodes, unpublishedErrorCodes } from "../../../lib/contract/errors.ts";
import { type Operation, pathOf, type Resource } from "../../../lib/contract/resource.ts";
import type { FuzzRequest } from "./requests.ts";
import type { FuzzAnswer } from "./send.ts";

const operations = Object.values<Resource>(resources).flatMap((resource) =>
  Object.values<Operation>(resource.operations),
);

const codes = new Set<string>([...Object.keys(publishedErrorCodes), ...unpublishedErrorCodes]);

/** More than Node.js reads of a request before its body. */
const longHead = 15_000;

/** What is wrong with an answer, in few words that are the same for the same fault; `undefined` if nothing is. */
export function problemOf(
  request: FuzzRequest,
  operation: Operation,
  answer: FuzzAnswer,
): string | undefined {
  const headers = headerProblem(request, answer);
  if (headers) return headers;
  const { status } = answer;
  const text = decodeText(answer.bytes);
  if (text === undefined) return `${status}: a body that is no UTF-8`;
  if (request.method === "HEAD" || request.method === "OPTIONS") {
    return status >= 500 ? `${status} for ${request.method}` : undefined;
  }
  const json = parse(text);
  if (request.plain)
    return (
      refusedProblem(request, operation, status, json) ??
      declaredProblem(operation, request, status, text, json)
    );
  const accepted = operations.some((it) => declaredProblem(it, request, status, text, json) === undefined);
  return accepted || isAccess(status, json)
    ? undefined
    : `${status} ${codeOf(json)}: no operation declares it`;
}

function headerProblem({ method }: FuzzRequest, { status, headers, bytes }: FuzzAnswer): string | undefined {
  if (bytes.length > 0 && !headers["content-type"]) return `${status}: a body without a content type`;
  if (bytes.length > 0 && (status === 204 || method === "HEAD")) return `${status}: a body`;
  if (status === 401 && !headers["www-authenticate"]) {
    // A login that fails asks for no header.
    const code = codeOf(parse(bytes.toString()));
    if (code !== "BAD_USERNAME_OR_PWD" && code !== "WRONG_TOKEN_OR_USERNAME" && !code.includes("TOKEN")) {
      return "401 without WWW-Authenticate";
    }
  }
  if (status === 405 && !/^[A-Z]+(, [A-Z]+)*$/.test(headers.allow ?? "")) return "405 without Allow";
  const odd = Object.entries(headers).find(([, value]) => /[\r\n\0]/.test(String(value)));
  return odd && `${status}: an odd header ${odd[0]}`;
}

/** What the chain says before the operation is asked, where the caller is the reason. */
function refusedProblem(
  { as }: FuzzRequest,
  { access = "credentials" }: Operation,
  status: number,
  json: unknown,
): string | undefined {
  const isEarlier = status === 400 || status === 413 || status === 431;
  const expected = access === "open" || isEarlier ? undefined : expectedRefusal(as, access);
  if (expected && (status !== 401 || codeOf(json) !== expected)) return `${status} for ${as} in place of 401`;
  return undefined;
}

function expectedRefusal(as: FuzzRequest["as"], access: "credentials" | "token"): string | undefined {
  if (as === "nobody") return "AUTHORIZATION_HEADER_ERROR";
  return as === "key" && access === "token" ? "API_KEY_NOT_ALLOW" : undefined;
}

function declaredProblem(
  operation: Operation,
  request: FuzzRequest,
  status: number,
  text: string,
  json: unknown,
): string | undefined {
  if (isCommon(request, operation, status, text, json)) return undefined;
  const code = codeOf(json);
  const errors = (operation.errors ?? {}) as Record<number, readonly string[]>;
  if (errors[status]?.includes(code)) return errorShapeProblem(status, json);
  const schema = operation.answers[status];
  if (schema === undefined) return `${status} ${code}: not declared`;
  if (schema === null) return text === "" ? undefined : `${status}: a body where none is declared`;
  const result = schema.safeParse(json ?? text);
  if (result.success) return undefined;
  const [issue] = result.error.issues;
  return `${status}: the body does not fit at ${issue?.path.map((it) => (typeof it === "number" ? "n" : String(it))).join(".")}: ${issue?.message}`;
}

/** Answers of the chain and of the gateway, which every operation may have. */
function isCommon(
  { as, path, headers }: FuzzRequest,
  { access = "credentials", outsidePrefix }: Operation,
  status: number,
  text: string,
  json: unknown,
): boolean {
  const code = codeOf(json);
  const shaped = errorShapeProblem(status, json) === undefined;
  const head = path.length + JSON.stringify(headers).length;
  switch (status) {
    case 400:
      // Malformed JSON, and a path that is no encoding, are refused for every operation.
      return (shaped && code === "BAD_REQUEST") || text === "";
    case 401:
      return shaped && access !== "open" && code === expectedRefusal(as, access);
    case 404:
      return (shaped && code === "NOT_FOUND") || /404 - NOT FOUND/.test(text);
    case 405:
      return text === "";
    case 413:
      return /exceeded/.test(text);
    case 415:
      return shaped && code === "UNSUPPORTED_MEDIA_TYPE";
    case 431:
      return head > longHead;
    default:
      return outsidePrefix !== undefined && status === 200;
  }
}

const isAccess = (status: number, json: unknown) =>
  status === 401 && ["AUTHORIZATION_HEADER_ERROR", "API_KEY_NOT_ALLOW"].includes(codeOf(json));

function errorShapeProblem(status: number, json: unknown): string | undefined {
  const { code, message, reason } = (json ?? {}) as Record<string, unknown>;
  const fits = codes.has(String(code)) && typeof message === "string" && message === reason;
  return fits ? undefined : `${status}: an error of another shape`;
}

const codeOf = (json: unknown) => String((json as { code?: unknown } | null | undefined)?.code ?? "");

function decodeText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a path has no parameters. */
export const isFixed = (operation: Operation) => !pathOf(operation).includes("{");
