import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connected } from "../../support/events.ts";
import { TestApi, testNode } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  api.registry.push(connected("c1", { session: { username: "u1" } }));
  await api.registry.idle();
});

afterAll(() => api.close());

const list = (fields: string) => api.call("GET", `/clients?fields=${fields}`);

describe("fields", () => {
  test.each([
    ["clientid", { clientid: "c1" }],
    ["clientid,username", { clientid: "c1", username: "u1" }],
    ["username,,clientid,", { clientid: "c1", username: "u1" }],
    ["clientid,clientid", { clientid: "c1" }],
    ["client_attrs", { client_attrs: {} }],
    [
      "node,recv_msg.dropped.await_pubrel_timeout",
      { node: testNode, "recv_msg.dropped.await_pubrel_timeout": 0 },
    ],
    ["clientid,disconnected_at,n_streams", { clientid: "c1" }],
    ["", {}],
  ])("%s", async (fields, row) => {
    const { status, json } = await list(fields);
    expect([status, json.data]).toEqual([200, [row]]);
    expect(json.meta.count).toBe(1);
  });

  test("all are all, and so are none", async () => {
    const all = (await list("all")).json;
    expect(all).toEqual((await api.call("GET", "/clients")).json);
    expect(all.data[0]).toEqual((await api.call("GET", "/clients/c1")).json);
  });

  test.each([
    "all,clientid",
    "clientid,all",
    "no_such_field",
    "clientid,no_such_field",
    "listener",
    "ClientID",
  ])("cannot be %s", async (fields) => {
    const { status, json } = await list(fields);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toMatchObject({ path: "fields", reason: "matched_no_union_member" });
  });
});
