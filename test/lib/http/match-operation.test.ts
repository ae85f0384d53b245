import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connected } from "../../support/events.ts";
import { basic, rawRequest } from "../../support/raw-request.ts";
import { TestApi } from "../../support/test-api.ts";

const ids = ["c1", "a/b", "a%2Fb", "a#b", "a+b", "a b", "测试", "100%", "x?y", "..."];

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  for (const id of ids) api.registry.push(connected(id));
  await api.registry.idle();
});

afterAll(() => api.close());

const send = (path: string, method = "GET", headers: Record<string, string> = {}) =>
  rawRequest(api.base, path, { method, headers: { authorization: basic("administrator"), ...headers } });

const json = { accept: "application/json" };

describe("an unknown path", () => {
  test.each(["application/json", "application/json, text/plain, */*", "application/json;q=0.1"])(
    "is answered with JSON if Accept is %s",
    async (accept) => {
      const answer = await send("/api/v5/no/such/path", "GET", { accept });
      expect(answer.status).toBe(404);
      expect(answer.headers["content-type"]).toBe("application/json");
      expect(JSON.parse(answer.text)).toMatchObject({
        code: "NOT_FOUND",
        message: "Request Path Not Found",
      });
    },
  );

  test("is answered with text if Accept begins with it", async () => {
    const answer = await send("/api/v5/no", "GET", { accept: "text/plain, application/json" });
    expect(answer.headers["content-type"]).toBe("text/plain");
    expect([answer.status, answer.text]).toEqual([404, "404 - NOT FOUND"]);
  });

  test.each([{}, { accept: "*/*" }, { accept: "text/html, application/json" }])(
    "is answered with a page for %j",
    async (headers) => {
      const answer = await send("/api/v5/no", "POST", headers);
      expect(answer.status).toBe(404);
      expect(answer.headers["content-type"]).toBe("text/html");
      expect(answer.text).toContain("<h1>404 - NOT FOUND</h1>");
    },
  );

  test.each([
    ["/", "GET"],
    ["/api/v5", "GET"],
    ["/api/v5/", "GET"],
    ["/api/v4/clients", "GET"],
    ["/API/v5/clients", "GET"],
    ["/v5/clients", "GET"],
    ["/api/api/v5/clients", "GET"],
    ["/api/v5/Clients", "GET"],
    ["/api/v5/clientsx", "GET"],
    ["/api/v5/clients/c1/no", "GET"],
    ["/api/v5/clients/c1/subscriptions/no", "PUT"],
    ["/api/v5/clients/c1/no", "OPTIONS"],
    ["/api/v5/publish/bulk/no", "POST"],
  ])("is %s, also with %s", async (path, method) => {
    const answer = await send(path, method, json);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text).code).toBe("NOT_FOUND");
  });
});

describe("a method that a path does not have", () => {
  test.each([
    ["PUT", "/api/v5/clients/c1", "DELETE, GET"],
    ["POST", "/api/v5/clients", "GET"],
    ["HEAD", "/api/v5/clients", "GET"],
    ["OPTIONS", "/api/v5/publish", "POST"],
    ["PATCH", "/api/v5/publish/bulk/", "POST"],
    ["DELETE", "/api/v5/status", "GET"],
  ])("%s %s is answered with the others, and without a body", async (method, path, allow) => {
    const answer = await send(path, method);
    expect(answer).toMatchObject({ status: 405, text: "" });
    expect(answer.headers.allow).toBe(allow);
  });

  test("is found before credentials are looked at", async () => {
    const without = await rawRequest(api.base, "/api/v5/clients", { method: "PUT" });
    expect(without.status).toBe(405);
  });
});

describe("a segment of a path", () => {
  test.each([
    ["c1", "c1"],
    ["a%2Fb", "a/b"],
    ["a%2fb", "a/b"],
    ["a%23b", "a#b"],
    ["a+b", "a+b"],
    ["a%2Bb", "a+b"],
    ["a%20b", "a b"],
    ["%E6%B5%8B%E8%AF%95", "测试"],
    ["a%252Fb", "a%2Fb"],
    ["100%25", "100%"],
    ["x%3Fy", "x?y"],
    ["...", "..."],
  ])("%s names the client %s, decoded once", async (segment, clientid) => {
    const answer = await send(`/api/v5/clients/${segment}`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).clientid).toBe(clientid);
    expect((await send(`/api/v5/clients/${segment}/subscriptions`)).status).toBe(200);
  });

  test.each(["/api/v5/clients/%zz", "/api/v5/clients/a%2", "/api/v5/clients/%", "/no/%zz"])(
    "%s is no valid encoding: 400 without a body, whoever asks",
    async (path) => {
      expect(await rawRequest(api.base, path)).toMatchObject({ status: 400, text: "" });
    },
  );

  test.each(["%ff", "%C3%28", "%ED%A0%80"])("%s is not UTF-8: 400 BAD_REQUEST", async (segment) => {
    const answer = await send(`/api/v5/clients/${segment}`);
    expect(answer.status).toBe(400);
    const { code, message } = JSON.parse(answer.text);
    expect(code).toBe("BAD_REQUEST");
    expect(JSON.parse(message)).toMatchObject({ path: "clientid", reason: { expected: "binary()" } });
  });

  test("that is not UTF-8 is refused only after the credentials", async () => {
    expect((await rawRequest(api.base, "/api/v5/clients/%ff")).status).toBe(401);
  });
});

describe("the form of a path", () => {
  test("a trailing slash does not count", async () => {
    expect((await send("/api/v5/clients/")).status).toBe(200);
    expect((await send("/api/v5/clients/c1/?a=b")).status).toBe(200);
    expect((await send("/api/v5/clients/c1/subscriptions/")).status).toBe(200);
  });

  test.each([
    "//api/v5/clients",
    "/api/v5//clients",
    "/api//v5/clients",
    "/api/v5/clients//",
    "/api/v5/clients//c1",
  ])("an empty segment is not skipped: %s is 404", async (path) => {
    expect((await send(path, "GET", json)).status).toBe(404);
  });

  test.each([
    "/api/v5/clients/./c1",
    "/api/v5/clients/%2E/c1",
    "/api/v5/clients/x/../c1",
    "/api/v5/clients/x/%2e%2e/c1",
  ])("dot segments are resolved: %s is the client c1", async (path) => {
    expect(JSON.parse((await send(path)).text).clientid).toBe("c1");
  });

  test("dot segments lead nowhere above the API", async () => {
    expect((await send("/api/v5/clients/%2E%2E")).status).toBe(404);
    expect((await send("/api/v5/clients/../../../../..")).status).toBe(404);
  });
});

describe("/status at the root", () => {
  test.each(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("answers %s", async (method) => {
    const answer = await rawRequest(api.base, "/status", { method });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("is running");
  });

  test("answers HEAD without a body, and takes a trailing slash", async () => {
    expect(await rawRequest(api.base, "/status", { method: "HEAD" })).toMatchObject({
      status: 200,
      text: "",
    });
    expect((await rawRequest(api.base, "/status/")).status).toBe(200);
  });

  test("is not found elsewhere", async () => {
    expect((await send("/status/x")).status).toBe(404);
  });
});
