import { afterAll, beforeAll, expect, test } from "vitest";
import { TestApi, testNode } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});

afterAll(() => api.close());

test("GET /cluster shows a cluster of one node", async () => {
  const { status, json } = await api.call("GET", "/cluster");
  expect(status).toBe(200);
  expect(json).toEqual({ name: "emqxcl", nodes: [testNode], self: testNode });
});
