import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connected, connectedPersistent, disconnected } from "../../support/events.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  const events = [
    connected("a"),
    connectedPersistent("b"),
    disconnected("b"),
    connected("c"),
    disconnected("c"),
  ];
  for (const event of events) api.registry.push(event);
  await api.registry.idle();
});

afterAll(() => api.close());

const now = Math.floor(Date.now() / 1_000);

describe("GET /sessions_count", () => {
  test.each(["", "?since=0", `?since=${now - 1}`, `?since=${now + 1_000}`, "?since=1&since=2"])(
    "%s is the number of sessions, connected or not, and nothing around it",
    async (query) => {
      const { status, text } = await api.call("GET", `/sessions_count${query}`, { as: "viewer" });
      expect([status, text]).toEqual([200, "2"]);
    },
  );

  const malformed = "Unable to parse Erlang term";
  const expected = { expected: "non_neg_integer()" };
  test.each([
    ...["-1", "x", "1.5", ""].map((since) => [since, expected] as const),
    ["2026-01-01T00:00:00Z", malformed] as const,
  ])("cannot be since %j", async (since, reason) => {
    const { status, json } = await api.call("GET", `/sessions_count?since=${since}`);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ path: "since", reason });
  });
});
