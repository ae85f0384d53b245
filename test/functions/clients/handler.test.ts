import { afterAll, beforeAll, expect, test } from "vitest";
import { connected, connectedPersistent, disconnected, subscribed } from "../../support/events.ts";
import { TestApi, testNode } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
  for (const event of [
    connected("sensor/1", { session: { username: "u1" } }),
    subscribed("sensor/1", ["t/#"], { qos: [1] }),
    connected("sensor/2", { session: { username: "u2" }, ipAddress: "10.0.0.2" }),
    connectedPersistent("offline"),
    disconnected("offline"),
    connected("left"),
    disconnected("left"),
  ]) {
    api.registry.push(event);
  }
  await api.registry.idle();
});

afterAll(() => api.close());

const idsOf = (answer: { json: { data: { clientid: string }[] } }) =>
  answer.json.data.map(({ clientid }) => clientid).sort();

test("GET /clients lists connected clients and sessions that are kept, and counts them", async () => {
  const answer = await api.call("GET", "/clients");
  expect(answer.status).toBe(200);
  expect(idsOf(answer)).toEqual(["offline", "sensor/1", "sensor/2"]);
  expect(answer.json.meta).toEqual({ page: 1, limit: 100, hasnext: false, count: 3 });
});

test("GET /clients/{clientid} shows address, protocol and times of a client", async () => {
  const { status, json } = await api.call("GET", "/clients/sensor%2F1");
  expect(status).toBe(200);
  expect(json).toMatchObject({
    clientid: "sensor/1",
    username: "u1",
    node: testNode,
    ip_address: "127.0.0.1",
    port: 50_000,
    proto_name: "MQTT",
    proto_ver: 4,
    connected: true,
    subscriptions_cnt: 1,
  });
  expect(json.connected_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
  expect(json).not.toHaveProperty("disconnected_at");
});
