import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connected, connectedPersistent, disconnected } from "../../support/events.ts";
import { TestApi, testNode } from "../../support/test-api.ts";

const gibibyte = 2 ** 30;

let api: TestApi;

beforeAll(async () => {
  const load = {
    ...{ load1: 0.5, load5: 1.25, load15: 2 },
    ...{ memory_used: 1.5 * gibibyte, memory_total: 16 * gibibyte },
    ...{ max_fds: 20_000, sys_path: "/opt/fleetgate" },
  };
  const node = { name: testNode, started_at: Date.now() - 60_000, load: () => load };
  api = await TestApi.start({ node });
  for (const clientid of ["on/1", "on/2"]) api.registry.push(connected(clientid));
  api.registry.push(connectedPersistent("off"));
  api.registry.push(disconnected("off"));
  api.registry.push(connected("left"));
  api.registry.push(disconnected("left"));
  await api.registry.idle();
});

afterAll(() => api.close());

describe("GET /nodes", () => {
  test("lists the one node that a deployment is, with all that EMQX tells of one", async () => {
    const { status, json } = await api.call("GET", "/nodes", { as: "viewer" });
    expect(status).toBe(200);
    expect(json).toEqual([
      {
        node: testNode,
        node_status: "running",
        role: "core",
        version: "5.8.9",
        edition: "Opensource",
        uptime: expect.any(Number),
        connections: 3,
        live_connections: 2,
        cluster_sessions: 3,
        load1: 0.5,
        load5: 1.25,
        load15: 2,
        max_fds: 20_000,
        memory_used: "1.50G",
        memory_total: "16.00G",
        process_available: 2_097_152,
        process_used: 1,
        otp_release: expect.stringMatching(/^node\/24\./),
        sys_path: "/opt/fleetgate",
        log_path: expect.any(String),
      },
    ]);
  });

  test("tells the uptime in milliseconds", async () => {
    const [{ uptime }] = (await api.call("GET", "/nodes")).json;
    expect(Number.isInteger(uptime)).toBe(true);
    expect(uptime).toBeGreaterThanOrEqual(60_000);
  });
});

describe("GET /nodes/{node}", () => {
  test("describes the node as the list does", async () => {
    const { status, json } = await api.call("GET", `/nodes/${testNode}`);
    const [{ uptime: _, ...listed }] = (await api.call("GET", "/nodes")).json;
    expect([status, json]).toMatchObject([200, listed]);
    expect((await api.call("GET", `/nodes/${encodeURIComponent(testNode)}`)).json.node).toBe(testNode);
  });

  test.each(["other@127.0.0.1", "x", "TEST@127.0.0.1", "a/b"])("does not know %s", async (name) => {
    const { status, json } = await api.call("GET", `/nodes/${encodeURIComponent(name)}`);
    const text = `Node not found: ${name}`;
    expect([status, json]).toEqual([404, { code: "NOT_FOUND", message: text, reason: text }]);
  });
});
