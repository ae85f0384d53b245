import * as z from "zod/mini";
import { apiVersion } from "../records/node.ts";
import type { ErrorCode } from "./errors.ts";
import { isRepeated } from "./fields.ts";
import { stage, versionPath } from "./gateway-routes.ts";
import { methodOf, type Operation, pathOf, type Resource } from "./resource.ts";

type Json = Record<string, unknown>;

/**
 * The OpenAPI 3.0 document of the given resources, in the shape of EMQX's own: paths without `/api/v5`, error
 * answers with the codes an operation may fail with.
 */
export function openApiDocument(resources: readonly Resource[]): Json {
  const paths: Record<string, Json> = {};
  for (const resource of resources) {
    for (const [name, operation] of Object.entries(resource.operations)) {
      if (operation.outsidePrefix === "only") continue;
      const path = pathOf(operation);
      const method = methodOf(operation).toLowerCase();
      paths[path] = { ...paths[path], [method]: describeOperation(resource, name, operation) };
    }
  }
  return {
    openapi: "3.0.0",
    info: { title: "EMQX API", version: apiVersion },
    servers: [{ url: `/${stage}${versionPath}` }],
    components: {
      securitySchemes: {
        basicAuth: { type: "http", scheme: "basic", description: "API key and secret key" },
        bearerAuth: { type: "http", scheme: "bearer", description: "Token from POST /login" },
      },
    },
    paths,
  };
}

function describeOperation(resource: Resource, name: string, operation: Operation): Json {
  return {
    operationId: `${resource.name}.${name}`,
    tags: [resource.tag],
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    security: securityOf(operation),
    parameters: [
      ...Object.entries(operation.params ?? {}).map(([key, schema]) => parameter("path", key, schema)),
      ...Object.entries(operation.query ?? {}).map(([key, schema]) => parameter("query", key, schema)),
    ],
    ...requestBody(operation),
    responses: { ...successes(operation), ...failures(operation) },
  };
}

function requestBody({ documentedBody, body, bodyFields }: Operation): Json {
  const schema = documentedBody ?? body ?? (bodyFields && z.object({ ...bodyFields }));
  return schema ? { requestBody: { required: true, content: jsonContent(schema, "input") } } : {};
}

function securityOf({ access = "credentials" }: Operation) {
  if (access === "open") return [];
  return access === "token" ? [{ bearerAuth: [] }] : [{ basicAuth: [] }, { bearerAuth: [] }];
}

function parameter(place: "path" | "query", name: string, schema: z.ZodMiniType): Json {
  const optional = place === "query" && schema.safeParse(undefined).success;
  return {
    name,
    in: place,
    required: !optional,
    schema: jsonSchema(schema, "input"),
    ...(isRepeated(schema) && { explode: true }),
  };
}

function successes({ answers }: Operation): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, body]) => [
      status,
      { description: statusText(status), ...(body && { content: jsonContent(body, "output") }) },
    ]),
  );
}

/** Where a status has both an answer and error codes, the document shows either shape. */
function failures({ answers, errors = {} }: Operation): Json {
  const described: Json = {};
  for (const [status, codes] of Object.entries(errors)) {
    const own = answers[Number(status)];
    const schema = own ? { oneOf: [jsonSchema(own, "output"), errorSchema(codes)] } : errorSchema(codes);
    described[status] = { description: statusText(status), content: { "application/json": { schema } } };
  }
  return described;
}

const errorSchema = (codes: readonly ErrorCode[]): Json => ({
  type: "object",
  properties: {
    code: { type: "string", enum: codes },
    message: { type: "string" },
    reason: { type: "string" },
  },
});

const jsonContent = (schema: z.ZodMiniType, io: "input" | "output") => ({
  "application/json": { schema: jsonSchema(schema, io) },
});

const jsonSchema = (schema: z.ZodMiniType, io: "input" | "output") =>
  z.toJSONSchema(schema, { target: "openapi-3.0", io, unrepresentable: "any" });

const statusText = (status: string) =>
  ({ 200: "OK", 202: "Accepted", 204: "No Content" })[status] ??
  (Number(status) < 500 ? "The request cannot be served" : "The server cannot serve the request");
