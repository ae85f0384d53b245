import { readFile } from "node:fs/promises";
import { join } from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type LocalEnvironment, startLocal } from "../../infra/local/start.ts";
import { temporaryFolder } from "../support/program.ts";

let environment: LocalEnvironment;
let authorization: string;
const clients: MqttClient[] = [];

beforeAll(async () => {
  const data = await temporaryFolder();
  environment = await startLocal({
    ...{ host: "127.0.0.1", httpPort: 0, mqttPort: 0, wsPort: 0, data },
    ...{ dashboardUsername: "admin", nodeName: "test@127.0.0.1", swaggerSupport: true },
  });
  authorization = `Basic ${btoa((await readFile(join(data, "administrator-key"), "utf8")).trim())}`;
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
  await call("DELETE", "/banned");
});

afterAll(() => environment.close());

async function call(method: string, path: string, body?: unknown): Promise<number> {
  const { status } = await fetch(`http://127.0.0.1:${environment.http.port}/api/v5${path}`, {
    method,
    headers: { authorization, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return status;
}

const ban = (as: string, who: string, until?: number) => call("POST", "/banned", { as, who, until });

/** Connects, and returns the client once it is told so, or the code with which it is refused. */
async function connect(clientId: string, given: IClientOptions = {}): Promise<MqttClient | number> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${environment.mqtt.port}`, {
    ...{ clientId, reconnectPeriod: 0, ...given },
  });
  clients.push(client);
  return new Promise((resolve, reject) => {
    client.once("connect", () => resolve(client));
    client.once("error", (error) => ("code" in error ? resolve(Number(error.code)) : reject(error)));
  });
}

const isIn = (outcome: MqttClient | number): outcome is MqttClient => typeof outcome !== "number";

async function connectIn(clientId: string, given?: IClientOptions): Promise<MqttClient> {
  const outcome = await connect(clientId, given);
  if (!isIn(outcome)) throw new Error(`${clientId} was refused with ${outcome}`);
  return outcome;
}

const kinds = [
  ["clientid", "sensor/1"],
  ["username", "ada"],
  ["peerhost", "127.0.0.1"],
  ["clientid_re", "^sensor/\\d$"],
  ["username_re", "^a.a$"],
  ["peerhost_net", "127.0.0.0/8"],
] as const;

/** [MQTT-3.2.2.3] of 3.1.1: not authorized; MQTT 5 has a code of its own, banned. */
describe.each([
  ["3.1.1", 4, 5],
  ["5", 5, 0x8a],
] as const)("over MQTT %s", (_, protocolVersion, refused) => {
  test.each(kinds)(
    "a ban of a %s disconnects who is connected, and refuses who comes until it is removed",
    async (as, who) => {
      const options = { protocolVersion, username: "ada" };
      const client = await connectIn("sensor/1", options);
      const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
      await environment.idle();
      expect(await ban(as, who)).toBe(200);
      await closed;
      expect(await connect("sensor/1", options)).toBe(refused);
      await environment.idle();
      expect(await call("GET", "/clients/sensor%2F1")).toBe(404);
      expect(await call("DELETE", `/banned/${as}/${encodeURIComponent(who)}`)).toBe(204);
      expect(isIn(await connect("sensor/1", options))).toBe(true);
    },
  );

  test.each([
    ["clientid", "sensor/2"],
    ["clientid_re", "^sensor/[2-9]"],
  ])("a ban of a %s that ends lets in again", async (as, who) => {
    expect(await ban(as, who, Math.floor(Date.now() / 1000) + 3)).toBe(200);
    expect(await connect("sensor/2", { protocolVersion })).toBe(refused);
    await vi.waitUntil(async () => isIn(await connect("sensor/2", { protocolVersion })), {
      ...{ timeout: 10_000, interval: 250 },
    });
  });

  test("others stay, and come in", async () => {
    const client = await connectIn("pump/1", { protocolVersion });
    await environment.idle();
    await ban("clientid_re", "^sensor/");
    await ban("username", "ada");
    await ban("peerhost", "10.1.2.3");
    await ban("peerhost_net", "2001:db8::/32");
    expect(isIn(await connect("pump/2", { protocolVersion, username: "bob" }))).toBe(true);
    expect(client.connected).toBe(true);
  });
});

test("who is banned while it connects is not left connected", async () => {
  const names = Array.from({ length: 10 }, (_, n) => `racer/${n}`);
  const [outcomes] = await Promise.all([
    Promise.all(names.map((name) => connect(name))),
    ban("clientid_re", "^racer/"),
  ]);
  await environment.idle();
  await vi.waitFor(() => {
    expect(outcomes.filter((outcome) => isIn(outcome) && outcome.connected)).toEqual([]);
  });
});

test("an expression that takes backtracking engines for ever refuses and lets in at once", async () => {
  expect(await ban("clientid_re", "^(a+)+$")).toBe(200);
  expect(await connect("a".repeat(30_000))).toBe(5);
  expect(isIn(await connect(`${"a".repeat(30_000)}!`))).toBe(true);
});

test("a client id that is banned loses its session", async () => {
  const keeper = await connectIn("keeper", { clean: false });
  await keeper.subscribeAsync("t", { qos: 1 });
  await environment.idle();
  await ban("clientid", "keeper");
  await environment.idle();
  await call("DELETE", "/banned/clientid/keeper");
  const again = mqtt.connect(`mqtt://127.0.0.1:${environment.mqtt.port}`, {
    ...{ clientId: "keeper", clean: false, reconnectPeriod: 0 },
  });
  clients.push(again);
  const { sessionPresent } = await new Promise<{ sessionPresent: boolean }>((resolve) =>
    again.once("connect", resolve),
  );
  expect(sessionPresent).toBe(false);
});
