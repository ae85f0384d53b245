import { expect, test } from "vitest";
import * as resources from "../../../functions/index.ts";
import { gatewayRoutes } from "../../../lib/contract/gateway-routes.ts";
import type { Operation, Resource, Route } from "../../../lib/contract/resource.ts";

function resourceWith(...operations: (Pick<Operation, "route"> & Partial<Operation>)[]): Resource {
  const declared = operations.map((operation) => ({ summary: "", answers: { 204: null }, ...operation }));
  return { name: "r", tag: "R", operations: Object.fromEntries(declared.map((o) => [o.route, o])) };
}

const routesOf = (...routes: Route[]) => gatewayRoutes(resourceWith(...routes.map((route) => ({ route }))));

test("a resource owns its path and everything below it", () => {
  expect(routesOf("GET /nodes")).toEqual(["/v5/nodes", "/v5/nodes/{proxy+}"]);
});

test("a parameter and what follows it are left to the function", () => {
  expect(routesOf("GET /clients", "GET /clients/{clientid}/subscriptions")).toEqual([
    "/v5/clients",
    "/v5/clients/{proxy+}",
  ]);
  expect(routesOf("GET /mqtt/retainer/message/{topic}")).toEqual([
    "/v5/mqtt/retainer/message",
    "/v5/mqtt/retainer/message/{proxy+}",
  ]);
});

test("a path below another one of the same resource needs no route of its own", () => {
  expect(routesOf("POST /publish/bulk", "POST /publish")).toEqual(["/v5/publish", "/v5/publish/{proxy+}"]);
});

test("a path that only begins with the same letters does", () => {
  expect(routesOf("GET /clients", "GET /clients_v2")).toEqual([
    "/v5/clients",
    "/v5/clients/{proxy+}",
    "/v5/clients_v2",
    "/v5/clients_v2/{proxy+}",
  ]);
});

test("an operation outside the prefix is reached at both places", () => {
  expect(gatewayRoutes(resourceWith({ route: "GET /status", outsidePrefix: "too" }))).toEqual([
    "/status",
    "/status/{proxy+}",
    "/v5/status",
    "/v5/status/{proxy+}",
  ]);
});

test("the catch-all takes the root and everything", () => {
  expect(gatewayRoutes({ ...resourceWith(), catchAll: true })).toEqual(["/", "/{proxy+}"]);
});

test("no two resources of the API claim the same path, and one takes what is left", () => {
  const all = Object.values<Resource>(resources);
  const paths = all.flatMap(gatewayRoutes);
  expect(new Set(paths).size).toBe(paths.length);
  expect(all.filter(({ catchAll }) => catchAll)).toHaveLength(1);
});
