import { pathOf, type Resource } from "./resource.ts";

/** Name of the API's stage, the first part of its URLs' paths, so that they begin with `/api/v5` as EMQX's do. */
export const stage = "api";

/** Path of the API's version below the stage, on API Gateway. */
export const versionPath = "/v5";

/**
 * The resource paths of API Gateway that lead to a resource's function, for example `/v5/clients` and
 * `/v5/clients/{proxy+}`. Everything below the static start of a route goes to the function, which matches the still
 * encoded path itself: a single `{param}` of API Gateway could not hold every encoded client id or topic.
 */
export function gatewayRoutes(resource: Resource): string[] {
  if (resource.catchAll) return ["/", "/{proxy+}"];
  const operations = Object.values(resource.operations);
  const starts = operations.flatMap((operation) => {
    const start = staticStart(pathOf(operation));
    const { outsidePrefix } = operation;
    return [...(outsidePrefix ? [start] : []), ...(outsidePrefix === "only" ? [] : [versionPath + start])];
  });
  const shortest = [...new Set(starts)].filter(
    (path, _, all) => !all.some((other) => path !== other && path.startsWith(`${other}/`)),
  );
  return shortest.flatMap((path) => [path, `${path}/{proxy+}`]);
}

const staticStart = (path: string) => path.split("/{", 1)[0] ?? path;
