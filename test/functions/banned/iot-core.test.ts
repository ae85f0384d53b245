import { afterAll, beforeAll, expect, test } from "vitest";
import { IotCoreBroker } from "../../../lib/broker/iot-core/broker.ts";
import { connected } from "../../support/events.ts";
import { PlayedDataPlane } from "../../support/iot-data-plane.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;
let plane: PlayedDataPlane;

beforeAll(async () => {
  plane = await PlayedDataPlane.start();
  api = await TestApi.start({ broker: new IotCoreBroker(plane.client) });
});

afterAll(async () => {
  await api.close();
  plane.close();
});

const ban = (as: string, who: string) => api.call("POST", "/banned", { body: { as, who } });

/** A client that is connected to IoT Core, as the registry knows too. */
async function join(clientid: string): Promise<void> {
  const nothing = { subscriptions: new Map(), received: [], will: undefined };
  plane.clients.set(clientid, { connected: true, clean: true, ...nothing });
  api.registry.push(connected(clientid, { ipAddress: "203.0.113.7" }));
  await api.registry.idle();
}

test.each([
  ["clientid", "by/clientid"],
  ["clientid_re", "^by/.*_re$"],
  ["peerhost", "203.0.113.7"],
  ["peerhost_net", "203.0.113.0/24"],
])("on IoT Core a ban of a %s disconnects who is connected", async (as, who) => {
  const clientid = `by/${as}`;
  await join(clientid);
  expect((await ban(as, who)).status).toBe(200);
  expect(plane.clients.has(clientid)).toBe(false);
  expect((await api.call("GET", `/clients/${encodeURIComponent(clientid)}`)).status).toBe(404);
});

test.each(["username", "username_re"])("on IoT Core a ban of a %s is refused with the reason", async (as) => {
  const { status, json } = await ban(as, "ada");
  expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
  expect(json.message).toContain("user names");
  expect((await api.call("GET", "/banned?username=ada")).json.meta.count).toBe(0);
});

test("on IoT Core a ban stands although the client could not be disconnected", async () => {
  await join("b");
  const slowDown = { status: 429, error: "ThrottlingException" };
  plane.next.push(slowDown, slowDown, slowDown);
  expect((await ban("clientid", "b")).status).toBe(200);
  expect(await api.deps.bans.isBanned({ clientid: "b" })).toBe(true);
});

test("on IoT Core nobody gets the will of who is banned", async () => {
  await join("heir");
  plane.clients.get("heir")?.subscriptions.set("last", 0);
  for (const clientid of ["mortal", "banned"]) {
    await join(clientid);
    const will = { topic: "last", payload: Buffer.from(clientid), qos: 0 as const };
    Object.assign(plane.clients.get(clientid) ?? {}, { will });
  }
  await ban("clientid", "banned");
  await api.call("DELETE", "/clients/mortal");
  expect(plane.clients.get("heir")?.received.map(({ payload }) => `${payload}`)).toEqual(["mortal"]);
});
