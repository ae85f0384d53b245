import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CapturedLog, captureLog } from "../../support/captured-log.ts";
import { basic, rawRequest } from "../../support/raw-request.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  api.broker.results.set("broken", new Error("The broker is broken"));
});

afterAll(() => api.close());

const requestsIn = (log: CapturedLog) => log.entries().filter(({ message }) => message === "request");

describe("each request is one line", () => {
  test("that tells what was asked, by whom, and how it ended", async () => {
    const log = captureLog();
    const { headers } = await api.call("GET", "/clients/a%2Fb?x=1", { as: "viewer" });
    expect(log.entries()).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        level: "info",
        message: "request",
        requestId: headers.get("x-amzn-requestid"),
        method: "GET",
        path: "/v5/clients/a%2Fb",
        operation: "getClient",
        caller: "viewer",
        status: 404,
        milliseconds: expect.any(Number),
      },
    ]);
  });

  test.each([
    ["GET", "/nodes", {}, 200],
    ["DELETE", "/nodes", {}, 405],
    ["GET", "/no/such/path", {}, 404],
    ["GET", "/nodes", { as: null }, 401],
    ["DELETE", "/clients/c", { as: "viewer" }, 403],
    ["GET", "/clients?limit=0", {}, 400],
    ["POST", "/publish", { body: { topic: "broken", payload: "" } }, 500],
  ] as const)("also of %s %s %j, which ends with %i", async (method, path, request, status) => {
    const log = captureLog();
    expect((await api.call(method, path, request)).status).toBe(status);
    expect(requestsIn(log)).toMatchObject([{ method, status }]);
  });

  test("and requests at the same time are kept apart", async () => {
    const log = captureLog();
    const paths = ["/nodes", "/clients", "/cluster", "/clients/x"];
    const answers = await Promise.all(paths.map((path) => api.call("GET", path)));
    const lines = new Map(requestsIn(log).map(({ requestId, path }) => [requestId, path]));
    expect(answers.map(({ headers }) => lines.get(headers.get("x-amzn-requestid")))).toEqual(
      paths.map((path) => `/v5${path}`),
    );
  });
});

test("what went wrong inside is logged under the id of the request", async () => {
  const log = captureLog();
  await api.call("POST", "/publish", { body: { topic: "broken", payload: "" } });
  const [fault, request] = log.entries();
  expect(fault).toMatchObject({ level: "error", error: { message: "The broker is broken" } });
  expect(fault?.requestId).toBe(request?.requestId);
});

describe("no line holds", () => {
  test.each([
    ["a right secret", basic("administrator", "secret-text"), 404],
    ["a wrong secret", basic("administrator", "wrong-secret-text"), 401],
    ["the secret of an unknown key", basic("nobody", "secret-text"), 401],
    ["a token", "Bearer secret-text", 401],
    ["a scheme that is not known", "Token secret-text", 401],
    ["what cannot be decoded", "Basic secret-text!", 401],
  ])("%s", async (_, authorization, status) => {
    await api.addKey({ role: "administrator", secret: "secret-text" });
    const log = captureLog();
    const answer = await rawRequest(api.base, "/api/v5/clients/c?api_secret=secret-text", {
      headers: { authorization },
    });
    await api.addKey({ role: "administrator" });
    expect(answer.status).toBe(status);
    expect(requestsIn(log)).toHaveLength(1);
    expect(log.text()).not.toMatch(/secret-text|authorization/i);
    expect(log.text()).not.toContain(authorization.split(" ")[1]);
  });

  test("headers or body of a request that fails inside", async () => {
    const log = captureLog();
    const { status } = await api.call("POST", "/publish", {
      body: { topic: "broken", payload: "confidential" },
      headers: { cookie: "confidential" },
    });
    expect(status).toBe(500);
    expect(log.text()).not.toMatch(/confidential|authorization|Basic/i);
  });
});
