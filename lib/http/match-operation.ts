import { stage, versionPath } from "../contract/gateway-routes.ts";
import { methodOf, type Operation, pathOf, type Resource } from "../contract/resource.ts";
import { HttpError, UnknownPath } from "./http-error.ts";
import { type Found, InvalidUtf8, type Middleware } from "./http-request.ts";

/** Finds the operation of a request: 404 for an unknown path, then 405 for a method that the path does not have. */
export function matchOperation(resource: Resource): Middleware {
  const routes = compileRoutes(resource);
  return {
    before: ({ event, internal }) => {
      const { segments, prefixed } = readPath(event.path);
      const candidates = routes.filter((route) => route.prefixed === prefixed && fits(route, segments));
      const best = candidates[0];
      if (!best) throw new UnknownPath(event.path);
      const samePath = candidates.filter(({ template }) => template === best.template);
      const match = samePath.find(({ method }) => method === event.httpMethod || method === "ANY");
      if (!match) throw new HttpError(405, undefined, "", { allow: allowed(samePath) });
      const { name, operation } = match;
      Object.assign(internal, {
        name,
        operation,
        pathParameters: parametersOf(match, segments),
      } satisfies Partial<Found>);
    },
  };
}

type Segment = string | InvalidUtf8;

interface Route {
  name: string;
  operation: Operation;
  method: string;
  template: string;
  parts: string[];
  /** Below `/api/v5`. */
  prefixed: boolean;
}

/** All routes of a resource; those with more literal parts come first, so that they win. */
function compileRoutes({ operations }: Resource): Route[] {
  const routes = Object.entries(operations).flatMap(([name, operation]) => {
    const template = pathOf(operation);
    const route = { name, operation, template, parts: template.slice(1).split("/") };
    const method: string = methodOf(operation);
    const outside = (methods: string[]) => methods.map((it) => ({ ...route, method: it, prefixed: false }));
    if (operation.outsidePrefix === "only") return outside(method === "GET" ? ["GET", "HEAD"] : [method]);
    const inside = { ...route, method, prefixed: true };
    return operation.outsidePrefix === "too" ? [inside, ...outside(["ANY"])] : [inside];
  });
  const parameters = ({ parts }: Route) => parts.filter(isParameter).length;
  return routes.sort((a, b) => parameters(a) - parameters(b));
}

/**
 * The segments of a still encoded path, each decoded once, so that an encoded slash stays inside its segment. The
 * path may begin with `/api`, as it does under a custom domain.
 */
function readPath(path: string): { segments: Segment[]; prefixed: boolean } {
  if (/%(?![0-9a-f]{2})/i.test(path)) throw new HttpError(400);
  const encoded = path
    .replace(new RegExp(`^/${stage}(?=/)`), "")
    .split("/")
    .slice(1);
  if (encoded.length > 1 && encoded.at(-1) === "") encoded.pop();
  const segments: Segment[] = [];
  for (const segment of encoded.map(decode)) {
    if (segment === "..") segments.pop();
    else if (segment !== ".") segments.push(segment);
  }
  const prefixed = segments[0] === versionPath.slice(1);
  return { segments: prefixed ? segments.slice(1) : segments, prefixed };
}

function decode(segment: string): Segment {
  try {
    return decodeURIComponent(segment);
  } catch {
    return new InvalidUtf8(segment);
  }
}

const isParameter = (part: string) => part.startsWith("{");

function fits({ parts }: Route, segments: readonly Segment[]): boolean {
  if (parts.length !== segments.length) return false;
  return parts.every((part, n) => (isParameter(part) ? segments[n] !== "" : part === segments[n]));
}

function parametersOf({ parts }: Route, segments: readonly Segment[]): Record<string, Segment> {
  const entries = parts.map((part, n) => [part, segments[n] ?? ""] as const);
  return Object.fromEntries(
    entries.filter(([part]) => isParameter(part)).map(([part, value]) => [part.slice(1, -1), value]),
  );
}

const allowed = (routes: readonly Route[]) =>
  [...new Set(routes.map(({ method }) => method))].sort().join(", ");
