import type { APIGatewayProxyEvent } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ChosenFunction } from "../../support/chosen-function.ts";

let chosen: ChosenFunction;

beforeAll(() => {
  chosen = new ChosenFunction();
});

afterAll(() => chosen.close());

/** The event that a request becomes. */
async function eventOf(...request: Parameters<ChosenFunction["send"]>): Promise<APIGatewayProxyEvent> {
  expect((await chosen.send(...request)).status).toBe(200);
  const event = chosen.events.at(-1);
  if (!event) throw new Error("The function was not called");
  return event;
}

describe("the event of a request", () => {
  test("keeps the path encoded, without the stage and the query", async () => {
    const event = await eventOf("/api/v5/things/a%2Fb%20+%252F%E6%B5%8B?x=%2F");
    expect(event).toMatchObject({
      path: "/v5/things/a%2Fb%20+%252F%E6%B5%8B",
      resource: "/v5/things/{proxy+}",
      pathParameters: { proxy: "a%2Fb%20+%252F%E6%B5%8B" },
      requestContext: {
        path: "/api/v5/things/a%2Fb%20+%252F%E6%B5%8B",
        resourcePath: "/v5/things/{proxy+}",
        stage: "api",
      },
    });
  });

  test.each([
    ["/api/v5/things", "/v5/things", null],
    ["/api/v5/things/", "/v5/things", null],
    ["/api/v5/things/1", "/v5/things/{proxy+}", { proxy: "1" }],
    ["/api/v5/things/1/", "/v5/things/{proxy+}", { proxy: "1" }],
    ["/api/v5/things/deep//1", "/v5/things/{proxy+}", { proxy: "deep//1" }],
    ["/health", "/health", null],
    ["/health/x", "/health/{proxy+}", { proxy: "x" }],
  ])("tells for %s which route it took: %s", async (path, route, pathParameters) => {
    const event = await eventOf(path);
    expect(event).toMatchObject({ resource: route, pathParameters });
    expect(event.path).toBe(path.replace(/^\/api/, ""));
  });

  test.each(["__proto__", "constructor"])("takes a header and a query parameter named %s", async (name) => {
    const headers = Object.fromEntries([[name, "1"]]);
    const event = await eventOf(`/api/v5/things?${name}=2&${name}=3`, { headers });
    expect(Object.entries(event.multiValueHeaders)).toContainEqual([name, ["1"]]);
    expect(Object.entries(event.multiValueQueryStringParameters ?? {})).toEqual([[name, ["2", "3"]]]);
  });

  test("takes a second ? for a part of the first name", async () => {
    const event = await eventOf("/api/v5/things??page=1");
    expect(event.queryStringParameters).toEqual({ "?page": "1" });
  });

  test("has the query decoded as a form, with all values and with the last", async () => {
    const event = await eventOf("/api/v5/things?a=1&b=x+y%2B%2F&a=2&empty=&bare&%C3%A9=%25");
    expect(event.multiValueQueryStringParameters).toEqual({
      ...{ a: ["1", "2"], b: ["x y+/"], empty: [""], bare: [""], é: ["%"] },
    });
    expect(event.queryStringParameters).toEqual({ a: "2", b: "x y+/", empty: "", bare: "", é: "%" });
  });

  test("has null for what is not there", async () => {
    expect(await eventOf("/api/v5/things")).toMatchObject({
      ...{ queryStringParameters: null, multiValueQueryStringParameters: null },
      ...{ pathParameters: null, stageVariables: null, body: null, isBase64Encoded: false },
    });
  });

  test("has headers in the case in which they were sent, with all values and with the last", async () => {
    const headers = { "X-Mixed-Case": "a", Authorization: "Basic x", "x-many": ["1", "2"] };
    const event = await eventOf("/api/v5/things", { headers });
    expect(event.headers).toMatchObject({ "X-Mixed-Case": "a", Authorization: "Basic x", "x-many": "2" });
    expect(event.multiValueHeaders["x-many"]).toEqual(["1", "2"]);
    expect(event.headers).not.toHaveProperty("x-mixed-case");
  });

  test("lacks headers that belong to the connection, and has those of the gateway", async () => {
    const headers = { TE: "trailers", "Max-Forwards": "1", "X-Forwarded-For": "10.0.0.1" };
    const event = await eventOf("/api/v5/things", { method: "POST", body: "x", headers });
    const names = Object.keys(event.headers).map((name) => name.toLowerCase());
    for (const name of ["te", "max-forwards", "content-length", "connection"])
      expect(names).not.toContain(name);
    expect(event.headers).toMatchObject({
      "X-Forwarded-For": "10.0.0.1, 127.0.0.1",
      "X-Forwarded-Port": new URL(await chosen.address()).port,
      "X-Forwarded-Proto": "http",
      "X-Amzn-Trace-Id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    });
  });

  test("has method, body and caller, and an id that the answer repeats", async () => {
    const { headers } = await chosen.send("/api/v5/things", {
      method: "PUT",
      body: '{"é":1}',
      headers: { "user-agent": "tester" },
    });
    const event = chosen.events.at(-1);
    expect(event).toMatchObject({
      httpMethod: "PUT",
      body: '{"é":1}',
      requestContext: {
        httpMethod: "PUT",
        identity: { sourceIp: "127.0.0.1", userAgent: "tester" },
        requestId: headers["x-amzn-requestid"],
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      },
    });
    expect(event).not.toHaveProperty("version");
  });
});
