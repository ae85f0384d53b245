import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as resources from "../functions/index.ts";
import { openApiDocument } from "../lib/contract/openapi.ts";
import { methodOf, type Operation, pathOf, type Resource, rolesOf } from "../lib/contract/resource.ts";
import { roles } from "../lib/contract/roles.ts";
import { calledPath, sampleRequest } from "./support/operation-samples.ts";
import { prepareSample } from "./support/prepare-sample.ts";
import { type Caller, type TestAnswer, TestApi } from "./support/test-api.ts";

const all = Object.values<Resource>(resources);
const operations = all.flatMap((resource) =>
  Object.entries<Operation>(resource.operations).map(([name, operation]) => ({ name, operation, resource })),
);

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  for (const { name } of operations) await prepareSample(api, name);
});

afterAll(() => api.close());

function call(name: string, operation: Operation, as: Caller | null): Promise<TestAnswer> {
  const { method, path, body } = sampleRequest(name, operation);
  return api.call(method, path, { as, body });
}

/** Calls as somebody who may: with a new token each time, because an operation may end it. */
async function callAsInsider({ access }: Operation, method: string, path: string, body?: unknown) {
  if (access !== "token") return api.call(method, path, { body });
  const headers = { authorization: `Bearer ${await api.addUser({ role: "administrator" })}` };
  return api.call(method, path, { as: null, headers, body });
}

async function callSample(name: string, operation: Operation): Promise<TestAnswer> {
  const { method, path, body } = sampleRequest(name, operation);
  await prepareSample(api, name);
  return callAsInsider(operation, method, path, body);
}

function codesAt({ errors = {} }: Operation, status: number): readonly string[] {
  return (errors as Record<number, readonly string[]>)[status] ?? [];
}

/** Whether an answer is one of those that an operation declares. */
function expectDeclared(operation: Operation, { status, text, json }: TestAnswer): void {
  const declared = { ...operation.errors, ...operation.answers };
  expect(Object.keys(declared)).toContain(String(status));
  if (codesAt(operation, status).includes(json?.code)) return;
  const schema = operation.answers[status];
  if (schema) expect(schema.safeParse(json ?? text)).toMatchObject({ success: true });
  else expect(text).toBe("");
}

describe.each(operations)("$resource.name $name", ({ name, operation }) => {
  test("serves a valid request as it declares", async () => {
    const answer = await callSample(name, operation);
    expect(answer.status).toBeLessThan(400);
    expectDeclared(operation, answer);
  });

  test("fails for unknown names as it declares", async () => {
    const path = calledPath(operation).replaceAll(/\{\w+\}/g, "no%2Fsuch%20name");
    const { body } = sampleRequest(name, operation);
    expectDeclared(operation, await callAsInsider(operation, methodOf(operation), path, body));
  });

  test.runIf(operation.body)("refuses a body that does not fit as it declares", async () => {
    const { method, path } = sampleRequest(name, operation);
    for (const wrong of [{ no_such_field: 1 }, "hello", [1]]) {
      // A number is taken for text, so that a list of texts takes it.
      if (operation.body?.safeParse(wrong).success) continue;
      const answer = await callAsInsider(operation, method, path, wrong);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expectDeclared(operation, answer);
    }
  });

  test.runIf(operation.query)("refuses query parameters that do not fit as it declares", async () => {
    const { method, path } = sampleRequest(name, operation);
    for (const parameter of Object.keys(operation.query ?? {})) {
      expectDeclared(operation, await callAsInsider(operation, method, `${path}?${parameter}=%00`));
    }
  });

  test("lets in without credentials only if it is open", async () => {
    const answer = await call(name, operation, null);
    if (operation.access === "open") return expectDeclared(operation, answer);
    expect(answer.status).toBe(401);
    expect(answer.json.code).toBe("AUTHORIZATION_HEADER_ERROR");
  });

  test.each(roles)("lets a key of the role %s in only if it declares so", async (role) => {
    const { status, json } = await call(name, operation, role);
    if (operation.access === "open") return expect(status).not.toBeOneOf([401, 403]);
    if (operation.access === "token") return expect(json.code).toBe("API_KEY_NOT_ALLOW");
    if (rolesOf(operation).includes(role)) return expect(status).not.toBeOneOf([401, 403]);
    expect([status, json.code]).toEqual([403, "UNAUTHORIZED_ROLE"]);
  });
});

test("no two operations have the same method and path", () => {
  const routes = operations.map(({ operation }) => operation.route.replaceAll(/\{\w+\}/g, "{}"));
  expect(new Set(routes).size).toBe(routes.length);
});

test("every parameter of a path is declared, and no other", () => {
  for (const { operation } of operations) {
    const named = [...pathOf(operation).matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(operation.params ?? {})).toEqual(named);
  }
});

describe("the OpenAPI document", () => {
  type Described = { operationId: string; security: unknown[]; responses: Record<string, unknown> };
  const document = openApiDocument(all);
  const paths = document.paths as Record<string, Record<string, Described>>;

  const documented = operations.filter(({ operation }) => operation.outsidePrefix !== "only");

  test("is valid OpenAPI 3.0", async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe("3.0");
  });

  test("describes every operation, with every status that it declares", () => {
    for (const { name, operation, resource } of documented) {
      const described = paths[pathOf(operation)]?.[methodOf(operation).toLowerCase()];
      expect(described?.operationId).toBe(`${resource.name}.${name}`);
      expect(Object.keys(described?.responses ?? {})).toEqual(
        expect.arrayContaining(Object.keys({ ...operation.answers, ...operation.errors })),
      );
      expect(described?.security.length === 0).toBe(operation.access === "open");
    }
    const count = Object.values(paths).flatMap((methods) => Object.keys(methods)).length;
    expect(count).toBe(documented.length);
  });

  test("names the codes of an error, and the shape of an answer that shares its status", () => {
    const described = JSON.stringify(paths["/publish"]?.post?.responses[400]);
    expect(described).toContain("BAD_REQUEST");
    expect(described).toContain("reason_code");
  });

  test("leaves optional parameters optional", () => {
    const parameters = JSON.stringify(paths["/clients"]?.get);
    expect(parameters).not.toContain('"required":true');
    expect(JSON.stringify(paths["/clients/{clientid}"]?.get)).toContain('"required":true');
  });
});
