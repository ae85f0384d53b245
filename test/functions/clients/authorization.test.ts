import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connected, connectedPersistent, disconnected } from "../../support/events.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  api.registry.push(connected("here"));
  api.registry.push(connectedPersistent("away"));
  api.registry.push(disconnected("away"));
  await api.registry.idle();
});

afterAll(() => api.close());

describe("the authorization cache", () => {
  test.each(["here", "away"])("of the client %s is empty, and can be emptied", async (clientid) => {
    const path = `/clients/${clientid}/authorization/cache`;
    expect(await api.call("GET", path)).toMatchObject({ status: 200, json: [] });
    expect(await api.call("DELETE", path)).toMatchObject({ status: 204, text: "" });
  });

  test.each(["GET", "DELETE"])("is not known to %s of a client without session", async (method) => {
    const { status, json } = await api.call(method, "/clients/nobody/authorization/cache");
    const message = "Client ID not found";
    expect([status, json]).toEqual([404, { code: "CLIENTID_NOT_FOUND", message, reason: message }]);
  });
});
