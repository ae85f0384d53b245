import type { APIGatewayProxyEvent } from "aws-lambda";
import type * as z from "zod/mini";
import { isRepeated } from "../contract/fields.ts";
import { HttpError } from "./http-error.ts";
import type { Middleware } from "./http-request.ts";
import { failureText } from "./validation-failure.ts";

/** Reads parameters and body by the operation's schemas; 400 or 415 if they do not fit. */
export function readRequest(): Middleware {
  return {
    before: ({ event, internal }) => {
      const { params = {}, query = {}, body, bodyFields } = internal.operation;
      const json = parseBody(event);
      internal.params = readFields(params, internal.pathParameters);
      internal.query = readFields(query, queryOf(event, query));
      internal.body = bodyFields ? readBodyFields(bodyFields, json) : body && readBody(body, json);
    },
  };
}

type Fields = Readonly<Record<string, z.ZodMiniType>>;

/** Parameters are checked in their order, and the first wrong one is reported alone. */
function readFields(fields: Fields, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(fields)) {
    const result = schema.safeParse(given[name], { reportInput: true });
    if (!result.success) throw badRequest(failureText(result.error.issues, [name]));
    read[name] = result.data;
  }
  return read;
}

function queryOf(event: APIGatewayProxyEvent, fields: Fields): Record<string, unknown> {
  const given = event.multiValueQueryStringParameters ?? {};
  const entries = Object.entries(fields).map(([name, schema]) => {
    const values = given[name];
    return [name, isRepeated(schema) ? values : values?.at(-1)];
  });
  return Object.fromEntries(entries);
}

/** What a request's body holds as far as it is JSON. */
type Body = { kind: "none" } | { kind: "json"; value: unknown } | { kind: "other" };

/** Malformed JSON is an error for every operation, also for those that take no body. */
function parseBody(event: APIGatewayProxyEvent): Body {
  if (!event.body) return { kind: "none" };
  if (!isJson(event.headers["content-type"])) return { kind: "other" };
  const text = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : event.body;
  try {
    return { kind: "json", value: parseJson(text.replace(/^\uFEFF/, "")) };
  } catch {
    throw badRequest("Invalid json message received");
  }
}

/** EMQX takes line breaks and other control characters inside texts as they are, which JSON does not allow. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, nullsAreAbsent);
  } catch {
    const escaped = text.replace(/"(?:\\.|[^"\\])*"/gs, (literal) =>
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      literal.replace(/[\0-\x1f]/g, (character) => JSON.stringify(character).slice(1, -1)),
    );
    return JSON.parse(escaped, nullsAreAbsent);
  }
}

const isJson = (type = "") => /^application\/json\s*(;|$)/i.test(type.trim());

/** A field that is `null` counts as not given. */
function nullsAreAbsent(this: unknown, _: string, value: unknown): unknown {
  return value === null && !Array.isArray(this) ? undefined : value;
}

/** A plain list of fields ignores what it does not know, because clients send whole objects back. */
function readBodyFields(fields: Fields, body: Body): Record<string, unknown> {
  const value = jsonOf(body);
  if (typeof value !== "object" || Array.isArray(value)) {
    const failure = { kind: "validation_error", path: "root", reason: "bad_value_for_struct", value };
    throw badRequest(JSON.stringify(failure));
  }
  return readFields(fields, value as Record<string, unknown>);
}

function readBody(schema: z.ZodMiniType, body: Body): unknown {
  const result = schema.safeParse(jsonOf(body), { reportInput: true });
  if (!result.success) throw badRequest(failureText(result.error.issues, ["root"]));
  return result.data;
}

/** No body, and `null`, count as an object without fields. */
function jsonOf(body: Body): unknown {
  if (body.kind === "other" || (body.kind === "json" && typeof body.value === "string")) {
    throw new HttpError(415, "UNSUPPORTED_MEDIA_TYPE", "content-type:application/json Required");
  }
  return body.kind === "json" ? (body.value ?? {}) : {};
}

const badRequest = (message: string) => new HttpError(400, "BAD_REQUEST", message);
