import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestApi, testNode } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});

afterAll(() => api.close());

const running = `Node ${testNode} is started\nemqx is running`;

describe.each(["/status", "//status", "/status/", "//status/"])("GET %s", (path) => {
  test.each([
    "",
    "?format=text",
    "?format=",
    "?format=x",
    "?format=JSON",
    "?a=b",
    "?format=json&format=text",
  ])("with %j answers two lines of text, without a line feed at the end", async (query) => {
    const { status, headers, text } = await api.call("GET", path + query, { as: null });
    expect([status, text]).toEqual([200, running]);
    expect(headers.get("content-type")).toBe("text/plain");
  });

  test("answers JSON if it is asked to", async () => {
    const { status, headers, json } = await api.call("GET", `${path}?format=json`, { as: null });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json");
    expect(json).toEqual({
      node_name: testNode,
      rel_vsn: "v5.8.9",
      broker_status: "started",
      app_status: "running",
    });
  });

  test.each(["", "?format=json"])("says when to ask again, also while all is well: %j", async (query) => {
    expect((await api.call("GET", path + query)).headers.get("retry-after")).toBe("15");
  });
});

test("what a caller accepts does not matter", async () => {
  const headers = { accept: "application/json" };
  expect((await api.call("GET", "/status", { headers })).text).toBe(running);
});
