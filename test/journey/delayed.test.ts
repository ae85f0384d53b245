import { readFile } from "node:fs/promises";
import { connect as connectSocket } from "node:net";
import { join } from "node:path";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { generate, type Packet, parser } from "mqtt-packet";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type LocalEnvironment, startLocal } from "../../infra/local/start.ts";
import { temporaryFolder } from "../support/program.ts";

let data: string;
let local: LocalEnvironment;
const clients: MqttClient[] = [];

beforeEach(async () => {
  data = await temporaryFolder();
  await start();
});

afterEach(async () => {
  await stop();
});

async function start() {
  const ports = { httpPort: 0, mqttPort: 0, wsPort: 0 };
  const names = { nodeName: "emqx@127.0.0.1", dashboardUsername: "admin", host: "127.0.0.1" };
  local = await startLocal({ ...ports, ...names, data, swaggerSupport: false });
}

async function stop() {
  for (const client of clients.splice(0)) await client.endAsync();
  await local.close();
}

async function connect(clientId: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${local.mqtt.port}`, {
    ...{ clientId, reconnectPeriod: 0, protocolVersion: 5 },
    ...options,
  });
  clients.push(client);
  return client;
}

async function call(method: string, path: string, body?: unknown) {
  const [key = ""] = (await readFile(join(data, "administrator-key"), "utf8")).split("\n");
  const credentials = key.split(":").slice(0, 2).join(":");
  const response = await fetch(`http://127.0.0.1:${local.http.port}/api/v5${path}`, {
    method,
    headers: { authorization: `Basic ${btoa(credentials)}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text ? JSON.parse(text) : undefined };
}

/** The machine may be busy. */
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 8_000, interval: 50 });

const held = async () => (await call("GET", "/mqtt/delayed/messages")).json.data;

/** Subscribes, and collects what arrives with the time at which it does. */
async function listen(client: MqttClient, filter: string) {
  const received: { topic: string; at: number; retain: boolean; qos: number }[] = [];
  client.on("message", (topic, _, { retain, qos }) => received.push({ topic, at: Date.now(), retain, qos }));
  await client.subscribeAsync(filter, { qos: 2 });
  return received;
}

test("a client's message is held back, listed as from the client, and published within a second of its time", async () => {
  const received = await listen(await connect("listener"), "t/#");
  const sender = await connect("sender", { username: "u1", password: "p" });
  const sent = Date.now();
  await sender.publishAsync("$delayed/2/t/later", "x", { qos: 2 });
  await sender.publishAsync("t/now", "x", { qos: 1 });
  expect(await held()).toMatchObject([
    { topic: "t/later", qos: 2, from_clientid: "sender", from_username: "u1", delayed_interval: 2 },
  ]);
  await eventually(() => expect(received).toHaveLength(2));
  expect(received.map(({ topic, qos }) => [topic, qos])).toEqual([
    ["t/now", 1],
    ["t/later", 2],
  ]);
  expect(Math.abs((received[1]?.at ?? 0) - sent - 2_000)).toBeLessThan(1_000);
  expect(await held()).toEqual([]);
});

test("the MQTT 5 properties of a message that is held back stay as they are", async () => {
  const listener = await connect("listener");
  const received: { userProperties?: object }[] = [];
  listener.on("message", (_topic, _payload, { properties }) => received.push({ ...properties }));
  await listener.subscribeAsync("t");
  const properties = {
    correlationData: Buffer.from([0xff, 0, 0x81]),
    userProperties: { a: ["1", "2"], b: "3" },
    contentType: "text/plain",
    responseTopic: "answers",
    payloadFormatIndicator: true,
  };
  await (await connect("sender")).publishAsync("$delayed/1/t", "x", { qos: 1, properties });
  await eventually(() => expect(received).toHaveLength(1));
  const [{ userProperties, ...others } = {}] = received;
  expect({ ...others, userProperties: { ...userProperties } }).toEqual(properties);
});

test("a message of the API is published when it is due, and retained then", async () => {
  const received = await listen(await connect("listener"), "t");
  const body = { topic: "$delayed/1/t", payload: "x", retain: true };
  expect((await call("POST", "/publish", body)).status).toBe(202);
  expect((await call("GET", "/mqtt/retainer/messages")).json.data).toEqual([]);
  await eventually(() => expect(received).toMatchObject([{ topic: "t", retain: false }]));
  expect((await call("GET", "/mqtt/retainer/message/t")).json).toMatchObject({ from_clientid: "http_api" });
});

test("what became due while the program was not running is published when it starts, what did not is later", async () => {
  const sleeper = await connect("sleeper", { clean: false, properties: { sessionExpiryInterval: 100 } });
  await listen(sleeper, "t/#");
  for (const topic of ["$delayed/1/t/due", "$delayed/300/t/later"]) {
    await sleeper.publishAsync(topic, "x", { qos: 1 });
  }
  await stop();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await start();
  const again = mqtt.connect(`mqtt://127.0.0.1:${local.mqtt.port}`, {
    ...{ clientId: "sleeper", clean: false, protocolVersion: 5, reconnectPeriod: 0 },
    properties: { sessionExpiryInterval: 100 },
  });
  clients.push(again);
  const topics: string[] = [];
  again.on("message", (topic) => topics.push(topic));
  await eventually(async () => expect(await held()).toMatchObject([{ topic: "t/later" }]));
  await eventually(() => expect(topics).toEqual(["t/due"]));
});

test("a removed message is not published", async () => {
  const received = await listen(await connect("listener"), "t/#");
  const sender = await connect("sender");
  await sender.publishAsync("$delayed/1/t/removed", "x", { qos: 1 });
  await sender.publishAsync("$delayed/1/t/kept", "x", { qos: 1 });
  expect((await call("DELETE", "/mqtt/delayed/messages/t%2Fremoved")).status).toBe(204);
  await eventually(() => expect(received).toHaveLength(1));
  expect(received).toMatchObject([{ topic: "t/kept" }]);
});

test("a message that a client sends again with QoS 2 is held back once", async () => {
  const socket = connectSocket(local.mqtt.port, "127.0.0.1");
  const answers: Packet[] = [];
  const reader = parser();
  reader.on("packet", (packet) => answers.push(packet));
  socket.on("data", (chunk) => reader.parse(chunk));
  const send = (packet: Packet) => socket.write(generate(packet));
  const common = { protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 60 } as const;
  send({ cmd: "connect", clientId: "again", ...common });
  await eventually(() => expect(answers).toHaveLength(1));
  const publish = {
    cmd: "publish",
    topic: "$delayed/60/t",
    payload: "x",
    messageId: 7,
    retain: false,
  } as const;
  send({ ...publish, qos: 2, dup: false });
  await eventually(() => expect(answers).toHaveLength(2));
  send({ ...publish, qos: 2, dup: true });
  await eventually(() => expect(answers.map(({ cmd }) => cmd)).toEqual(["connack", "pubrec", "pubrec"]));
  expect(await held()).toHaveLength(1);
  socket.destroy();
});

test("the settings of the retainer are those of the last run", async () => {
  await call("PUT", "/mqtt/retainer", { max_payload_size: "3B" });
  await stop();
  await start();
  const sender = await connect("sender");
  await sender.publishAsync("t/short", "123", { qos: 1, retain: true });
  await sender.publishAsync("t/long", "1234", { qos: 1, retain: true });
  const { data } = (await call("GET", "/mqtt/retainer/messages")).json;
  expect(data).toMatchObject([{ topic: "t/short" }]);
});
