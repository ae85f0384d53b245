import { afterEach, beforeEach, expect, test } from "vitest";
import { connected, connectedPersistent, disconnected } from "../../support/events.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeEach(async () => {
  api = await TestApi.start();
  for (const n of [1, 2, 3]) {
    const session = { username: n === 3 ? "other" : "shared" };
    api.registry.push(connected(`c${n}`, { ipAddress: `10.1.${n}.1`, session }));
  }
  api.registry.push(connectedPersistent("away", { ipAddress: "10.1.1.1", session: { username: "shared" } }));
  api.registry.push(disconnected("away"));
  await api.registry.idle();
});

afterEach(() => api.close());

const ban = (as: string, who: string) => api.call("POST", "/banned", { body: { as, who } });

test.each([
  ["clientid", "c1", ["c1"]],
  ["username", "shared", ["c1", "c2"]],
  ["peerhost", "10.1.2.1", ["c2"]],
  ["clientid_re", "^c[23]$", ["c2", "c3"]],
  ["username_re", "^s", ["c1", "c2"]],
  ["peerhost_net", "10.1.0.0/22", ["c1", "c2", "c3"]],
  ["peerhost_net", "10.2.0.0/16", []],
])("a ban of the %s %s disconnects who is connected, and nobody else", async (as, who, clientids) => {
  expect((await ban(as, who)).status).toBe(200);
  expect(api.broker.kicked.sort()).toEqual(clientids);
  for (const clientid of ["c1", "c2", "c3"]) {
    const { status } = await api.call("GET", `/clients/${clientid}`);
    expect(status).toBe(clientids.includes(clientid) ? 404 : 200);
  }
});

test("a client id that is banned loses its session although it is not connected", async () => {
  await ban("clientid", "away");
  expect((await api.call("GET", "/clients/away")).status).toBe(404);
});

test("a ban that exists already disconnects nobody", async () => {
  await ban("clientid_re", "^c1$");
  api.broker.kicked.length = 0;
  expect((await ban("clientid_re", "^c1$")).status).toBe(400);
  expect(api.broker.kicked).toEqual([]);
});

test("many are disconnected, and one whose disconnection fails does not save the others", async () => {
  const many = Array.from({ length: 25 }, (_, n) => `many-${n}`);
  for (const clientid of many) api.registry.push(connected(clientid));
  await api.registry.idle();
  const kick = api.broker.kick.bind(api.broker);
  api.broker.kick = async (clientid) => {
    if (clientid === "many-7") throw new Error("no luck");
    return kick(clientid);
  };
  expect((await ban("clientid_re", "^many-")).status).toBe(200);
  expect([...api.broker.kicked, "many-7"].sort()).toEqual([...many].sort());
});
