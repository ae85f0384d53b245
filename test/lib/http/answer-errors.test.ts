import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { captureLog } from "../../support/captured-log.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});

afterAll(() => api.close());

const named = (name: string, fields: object = {}) =>
  Object.assign(new Error("table orders-7"), { name, ...fields });

/** Lets the next read of the registry fail, and asks for something that reads it. */
async function failWith(error: unknown) {
  vi.spyOn(api.registry.sessions, "totals").mockRejectedValueOnce(error);
  return api.call("GET", "/nodes");
}

const internal = "Internal error, see the log of the server";

describe("a fault of our own", () => {
  test("is a 500 that tells nothing of it", async () => {
    captureLog();
    const fault = new TypeError("x of undefined", { cause: new Error("table orders-7") });
    const { status, text, json, headers } = await failWith(fault);
    expect(status).toBe(500);
    expect(json).toEqual({ code: "INTERNAL_ERROR", message: internal, reason: internal });
    expect(text).not.toMatch(/undefined|orders|TypeError|\.ts/);
    expect(headers.get("retry-after")).toBeNull();
  });

  test("is logged once, with its cause and the id of the request", async () => {
    const log = captureLog();
    const fault = new TypeError("x of undefined", { cause: new Error("table orders-7") });
    const { headers } = await failWith(fault);
    const errors = log.entries().filter(({ level }) => level === "error");
    expect(errors).toEqual([
      expect.objectContaining({
        requestId: headers.get("x-amzn-requestid"),
        error: expect.objectContaining({
          name: "TypeError",
          message: "x of undefined",
          stack: expect.stringContaining("answer-errors.test.ts"),
          cause: expect.objectContaining({ message: "table orders-7" }),
        }),
      }),
    ]);
  });

  test.each([
    named("ResourceNotFoundException"),
    named("ValidationException"),
    named("AccessDeniedException"),
    "a text",
    undefined,
  ])("may be anything that is thrown: %s", async (fault) => {
    captureLog();
    const { status, json } = await failWith(fault);
    expect([status, json.code]).toEqual([500, "INTERNAL_ERROR"]);
  });

  test("counts as one also before the operation is reached", async () => {
    captureLog();
    vi.spyOn(api.apiKeys, "get").mockRejectedValueOnce(new Error("no such table"));
    expect((await api.call("GET", "/nodes")).json.code).toBe("INTERNAL_ERROR");
  });
});

describe("a database that is not available", () => {
  test.each([
    named("ThrottlingException"),
    named("ProvisionedThroughputExceededException"),
    named("RequestLimitExceeded"),
    named("InternalServerError"),
    named("TimeoutError"),
    named("Error", { code: "ECONNREFUSED" }),
    named("Error", { code: "ECONNRESET" }),
  ])("is a 503 that may be tried again: %s", async (error) => {
    const log = captureLog();
    const { status, text, json, headers } = await failWith(error);
    expect([status, json.code]).toEqual([503, "SERVICE_UNAVAILABLE"]);
    expect(headers.get("retry-after")).toBe("1");
    expect(text).not.toContain("orders");
    expect(log.entries()).toContainEqual(
      expect.objectContaining({
        level: "warn",
        error: expect.objectContaining({ message: "table orders-7" }),
      }),
    );
  });

  test("is a 503 also while the caller is being looked up", async () => {
    captureLog();
    vi.spyOn(api.apiKeys, "get").mockRejectedValueOnce(named("ThrottlingException"));
    expect((await api.call("GET", "/nodes")).status).toBe(503);
  });

  test("is no reason to refuse the next request", async () => {
    captureLog();
    expect((await failWith(named("ThrottlingException"))).status).toBe(503);
    expect((await api.call("GET", "/nodes")).status).toBe(200);
  });
});

test.each([
  ["POST", "/publish", { body: { topic: 1 } }, 400],
  ["POST", "/publish", { body: "{", headers: { "content-type": "application/json" } }, 400],
  ["GET", "/clients", { as: null }, 401],
  ["DELETE", "/clients/c", { as: "viewer" }, 403],
  ["GET", "/clients/nobody", {}, 404],
  ["GET", "/no/such/path", { headers: { accept: "application/json" } }, 404],
  ["POST", "/publish", { body: "hello" }, 415],
  ["GET", "/clients?node=other@host", {}, 500],
] as const)(
  "%s %s %j, answered with %i, has one text as message and as reason",
  async (method, path, request, expected) => {
    const { status, headers, json } = await api.call(method, path, request);
    expect(status).toBe(expected);
    expect(headers.get("content-type")).toBe("application/json");
    expect(json).toEqual({
      code: expect.stringMatching(/^[A-Z_]+$/),
      message: json.message,
      reason: json.message,
    });
    expect(json.message).not.toBe("");
  },
);
