import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as resources from "../functions/index.ts";
import { methodOf, type Operation, type Resource, rolesOf } from "../lib/contract/resource.ts";
import type { Role } from "../lib/contract/roles.ts";
import { sampleRequest } from "./support/operation-samples.ts";
import { TestApi } from "./support/test-api.ts";

const operations = Object.values<Resource>(resources).flatMap(({ operations }) =>
  Object.entries<Operation>(operations).map(([name, operation]) => ({ name, operation })),
);

let api: TestApi;
let tokens: Record<"unknown" | "expired" | "revoked", string>;

beforeAll(async () => {
  api = await TestApi.start();
  await api.addKey({ role: "administrator", api_key: "disabled", enable: false });
  await api.addKey({ role: "administrator", api_key: "expired", expired_at: 1 });
  const users = api.dashboardUsers;
  const expired = await api.addUser({ role: "administrator", username: "was_here" });
  await users.extendToken(expired, 1, 3_600);
  const revoked = await api.addUser({ role: "administrator", username: "was_there" });
  await users.remove("was_there");
  tokens = { unknown: "a.b.c", expired, revoked };
});

afterAll(() => api.close());

const basic = (credentials: string) => `Basic ${btoa(credentials)}`;

/** Every kind of caller that is not let in, with the status and code it gets where credentials are asked for. */
const strangers: [string, () => string | undefined, string][] = [
  ["no header", () => undefined, "AUTHORIZATION_HEADER_ERROR"],
  ["another scheme", () => "Token x", "AUTHORIZATION_HEADER_ERROR"],
  ["a malformed Basic header", () => "Basic %", "BAD_API_KEY_OR_SECRET"],
  ["a wrong secret", () => basic("administrator:wrong"), "BAD_API_KEY_OR_SECRET"],
  ["an unknown key", () => basic("nobody:secret"), "BAD_API_KEY_OR_SECRET"],
  ["a disabled key", () => basic("disabled:secret"), "BAD_API_KEY_OR_SECRET"],
  ["an expired key", () => basic("expired:secret"), "BAD_API_KEY_OR_SECRET"],
  ["a dashboard user as Basic", () => basic("administrator_user:passw0rd"), "BAD_API_KEY_OR_SECRET"],
  ["an unknown token", () => `Bearer ${tokens.unknown}`, "BAD_TOKEN"],
  ["an expired token", () => `Bearer ${tokens.expired}`, "TOKEN_TIME_OUT"],
  ["a token of a user that is gone", () => `Bearer ${tokens.revoked}`, "BAD_TOKEN"],
];

async function ask(name: string, operation: Operation, authorization: string | undefined) {
  const { method, path, body } = sampleRequest(name, operation);
  const headers = authorization === undefined ? {} : { authorization };
  const { status, json } = await api.call(method, path, { as: null, headers, body });
  return { status, code: json?.code as string | undefined };
}

/** Credentials were accepted, whatever the operation made of the call. */
function expectIn({ status, code }: { status: number; code: string | undefined }) {
  expect(status).toBeLessThan(500);
  expect(code === undefined || !accessCodes.has(code)).toBe(true);
}

const accessCodes = new Set([
  ...["API_KEY_NOT_ALLOW", "AUTHORIZATION_HEADER_ERROR", "BAD_API_KEY_OR_SECRET", "BAD_TOKEN"],
  ...["TOKEN_TIME_OUT", "UNAUTHORIZED_ROLE"],
]);

describe.each(operations)("$operation.route", ({ name, operation }) => {
  const { access = "credentials" } = operation;

  test.each(strangers)("%s", async (_, authorization, code) => {
    const answer = await ask(name, operation, authorization());
    if (access === "open") return expectIn(answer);
    const closed = access === "token" && authorization()?.startsWith("Basic");
    expect(answer).toEqual({ status: 401, code: closed ? "API_KEY_NOT_ALLOW" : code });
  });

  test.each(["administrator", "viewer", "publisher"] as const)("a key of the role %s", async (role) => {
    const answer = await ask(name, operation, api.authorization(role));
    if (access === "open") return expectIn(answer);
    if (access === "token") return expect(answer).toEqual({ status: 401, code: "API_KEY_NOT_ALLOW" });
    expectRole(answer, operation, role);
  });

  test.each(["administrator", "viewer"] as const)("a token of the role %s", async (role) => {
    const token = `Bearer ${await api.addUser({ role, username: `${role}_of_${name}` })}`;
    const answer = await ask(name, operation, token);
    if (access === "open") return expectIn(answer);
    expectRole(answer, operation, role);
  });
});

function expectRole(answer: { status: number; code: string | undefined }, operation: Operation, role: Role) {
  if (rolesOf(operation).includes(role)) return expectIn(answer);
  expect(answer).toEqual({ status: 403, code: "UNAUTHORIZED_ROLE" });
}

test("what EMQX's roles may do is what the declarations say", () => {
  const callable = (role: Role) =>
    operations.filter(({ operation }) => operation.access !== "open" && rolesOf(operation).includes(role));
  const writesOf = (role: Role) =>
    callable(role).flatMap(({ operation }) => (methodOf(operation) === "GET" ? [] : [operation.route]));
  expect(writesOf("publisher")).toEqual(["POST /publish", "POST /publish/bulk"]);
  expect(writesOf("viewer")).toEqual(["POST /logout"]);
  expect(callable("publisher")).toHaveLength(2);
});
