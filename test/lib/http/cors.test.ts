import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TestApi } from "../../support/test-api.ts";

const origin = "https://dashboard.example.com";

async function start(origins: string): Promise<TestApi> {
  vi.stubEnv("CORS_ORIGINS", origins);
  const api = await TestApi.start();
  vi.unstubAllEnvs();
  return api;
}

describe("with origins", () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await start(origin);
  });
  afterAll(() => api.close());

  test("a preflight is answered, without credentials", async () => {
    const headers = { origin, "access-control-request-method": "DELETE" };
    const answer = await api.call("OPTIONS", "/clients/c1", { as: null, headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    expect(answer.headers.get("access-control-allow-methods")).toContain("DELETE");
    expect(answer.headers.get("access-control-allow-headers")).toContain("authorization");
  });

  test("answers and errors may be read by a page of that origin", async () => {
    for (const path of ["/cluster", "/clients/unknown"]) {
      const { headers } = await api.call("GET", path, { headers: { origin } });
      expect(headers.get("access-control-allow-origin"), path).toBe(origin);
    }
  });

  test("a page of another origin may not", async () => {
    const { headers } = await api.call("GET", "/cluster", { headers: { origin: "https://evil.example" } });
    expect(headers.get("access-control-allow-origin")).not.toBe("https://evil.example");
  });
});

test("without origins nothing is said about them, and OPTIONS is a method that a path does not have", async () => {
  const api = await start("");
  const { headers } = await api.call("GET", "/cluster", { headers: { origin } });
  expect(headers.get("access-control-allow-origin")).toBeNull();
  expect((await api.call("OPTIONS", "/cluster", { headers: { origin } })).status).toBe(405);
  await api.close();
});
