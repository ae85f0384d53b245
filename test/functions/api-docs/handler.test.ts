import { afterAll, beforeAll, expect, test } from "vitest";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api.close());

const get = (path: string, method = "GET") => fetch(api.base + path, { method, redirect: "manual" });

test.each(["/api-docs", "/api-docs/"])("%s leads to the page", async (path) => {
  const response = await get(path);
  expect([response.status, response.headers.get("location")]).toEqual([301, "/api-docs/index.html"]);
});

test("under the stage, it leads to the page under the stage", async () => {
  expect((await get("/api/api-docs")).headers.get("location")).toBe("/api/api-docs/index.html");
});

test.each([
  ["index.html", "text/html", "SwaggerUIBundle("],
  ["swagger-ui-bundle.js", "text/javascript", "SwaggerUIBundle"],
  ["swagger-ui.css", "text/css", ".swagger-ui"],
  ["swagger.json", "application/json", '"openapi":"3.0.0"'],
])("serves %s as %s, without credentials", async (file, type, content) => {
  const response = await get(`/api-docs/${file}`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
  expect(await response.text()).toContain(content);
  expect((await get(`/api-docs/${file}`, "HEAD")).status).toBe(200);
});

test("the document is about the API, below /api/v5", async () => {
  const { json: document } = await api.call("GET", "//api-docs/swagger.json", { as: null });
  expect(document.servers).toEqual([{ url: "/api/v5" }]);
  expect(Object.keys(document.paths)).toContain("/clients/{clientid}/subscriptions");
  expect(Object.keys(document.paths)).not.toContain("/api-docs");
});

test("a file that is missing is 404 without a body, and nothing is there below /api/v5", async () => {
  const missing = await get("/api-docs/missing.js");
  expect([missing.status, await missing.text()]).toEqual([404, ""]);
  expect((await get("/api/v5/api-docs/index.html")).status).toBe(404);
});

test("only GET and HEAD are served", async () => {
  const response = await get("/api-docs/index.html", "POST");
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});
