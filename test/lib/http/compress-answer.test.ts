import { afterAll, beforeAll, expect, test } from "vitest";
import { recountDirectory } from "../../../lib/store/directory-feed.ts";
import { seedSessions, sessionState } from "../../support/seed.ts";
import { TestApi } from "../../support/test-api.ts";

const population = 10_000;
let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  const states = Array.from({ length: population }, (_, n) => sessionState(`client ${n}`));
  await seedSessions(api.local.database, states);
  await recountDirectory(api.registry.sessions);
}, 60_000);
afterAll(() => api.close());

test.each(["gzip", "deflate", "identity"])(
  "a page of 10,000 clients arrives whole, accepting %s",
  async (encoding) => {
    const answer = await api.call("GET", "/clients?limit=10000", {
      headers: { "accept-encoding": encoding },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-encoding")).toBe(encoding === "identity" ? null : encoding);
    expect(answer.json.data).toHaveLength(population);
    expect(answer.json.meta).toEqual({ page: 1, limit: 10_000, hasnext: false, count: population });
  },
  60_000,
);

test("a short answer is not worth compressing", async () => {
  const answer = await api.call("GET", "/cluster", { headers: { "accept-encoding": "gzip" } });
  expect(answer.headers.get("content-encoding")).toBeNull();
  expect(answer.json.name).toBe("emqxcl");
});
