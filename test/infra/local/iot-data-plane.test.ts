import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  GetThingShadowCommand,
  IoTDataPlaneClient,
  ListSubscriptionsCommand,
  PublishCommand,
} from "@aws-sdk/client-iot-data-plane";
import type { IPublishPacket } from "mqtt";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { iotDataPlane } from "../../../infra/local/iot-data-plane.ts";
import { EmbeddedSetup } from "../../support/embedded-setup.ts";

let setup: EmbeddedSetup;
let server: Server;
let client: IoTDataPlaneClient;

beforeAll(async () => {
  setup = await EmbeddedSetup.start();
  server = iotDataPlane(setup.broker).listen(0, "127.0.0.1");
  await once(server, "listening");
  client = new IoTDataPlaneClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
});

afterAll(async () => {
  client.destroy();
  server.close();
  await setup.close();
});

const payload = Buffer.from([0, 255, 10]);

const notFound = { name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404, attempts: 1 } };

test("Publish reaches who subscribes, with its payload, QoS and topic as they were given", async () => {
  const subscriber = await setup.connect("subscriber");
  const packets: IPublishPacket[] = [];
  subscriber.mqtt.on("message", (_, __, packet) => packets.push(packet));
  await subscriber.mqtt.subscribeAsync("a b/#", { qos: 1 });
  await client.send(new PublishCommand({ topic: "a b/+%2F/é", qos: 1, payload }));
  await client.send(new PublishCommand({ topic: "a b/0", payload: Buffer.alloc(0) }));
  await vi.waitUntil(() => packets.length === 2);
  expect(packets).toMatchObject([
    { topic: "a b/+%2F/é", qos: 1, payload },
    { topic: "a b/0", qos: 0, payload: Buffer.alloc(0) },
  ]);
});

test("Publish hands on the properties of MQTT 5", async () => {
  const subscriber = await setup.connect("subscriber-5", { protocolVersion: 5 });
  await subscriber.mqtt.subscribeAsync("five");
  const received = new Promise<IPublishPacket>((resolve) =>
    subscriber.mqtt.on("message", (_, __, packet) => resolve(packet)),
  );
  const message = {
    ...{ topic: "five", payload, contentType: "text/x", responseTopic: "re", messageExpiry: 60 },
    correlationData: Buffer.from("mark").toString("base64"),
    payloadFormatIndicator: "UTF8_DATA",
    userProperties: JSON.stringify([{ one: "1" }, { two: "2" }]),
  } as const;
  await client.send(new PublishCommand(message));
  expect((await received).properties).toMatchObject({
    ...{ contentType: "text/x", responseTopic: "re", messageExpiryInterval: 60 },
    ...{ correlationData: Buffer.from("mark"), payloadFormatIndicator: true },
    userProperties: { one: "1", two: "2" },
  });
});

test("Publish with retain is kept for who comes later", async () => {
  await client.send(new PublishCommand({ topic: "kept", qos: 1, retain: true, payload: Buffer.from("on") }));
  const late = await setup.connect("late");
  await late.mqtt.subscribeAsync("kept");
  await vi.waitUntil(() => late.received.length > 0);
  expect(late.received).toEqual([{ topic: "kept", payload: "on", qos: 0, retain: true }]);
});

test("GetConnection tells of a session, connected or not", async () => {
  const device = await setup.connectPersistent("dev/1", { keepalive: 7 });
  const get = () => client.send(new GetConnectionCommand({ clientId: "dev/1" }));
  expect(await get()).toMatchObject({
    ...{ clientId: "dev/1", connected: true, cleanSession: false, keepAliveDuration: 7 },
    connectedSince: expect.any(Number),
  });
  await setup.disconnect(device);
  expect(await get()).toMatchObject({ clientId: "dev/1", connected: false, cleanSession: false });
});

test("ListSubscriptions lists the filters of a session with their QoS", async () => {
  const device = await setup.connect("listed");
  const list = () => client.send(new ListSubscriptionsCommand({ clientId: "listed" }));
  expect((await list()).subscriptions).toEqual([]);
  await device.mqtt.subscribeAsync({ "a/+": { qos: 1 }, "b/#": { qos: 0 } });
  expect((await list()).subscriptions).toEqual([
    { topicFilter: "a/+", qos: 1 },
    { topicFilter: "b/#", qos: 0 },
  ]);
});

test.each([
  [false, 1],
  [true, 0],
])(
  "DeleteConnection ends connection and session; its will, if prevented is %s, comes %d times",
  async (preventWillMessage, wills) => {
    const watcher = await setup.connect(`watcher-${preventWillMessage}`);
    await watcher.mqtt.subscribeAsync("will");
    const clientId = `kicked-${preventWillMessage}`;
    const will = { topic: "will", payload: Buffer.from("gone"), qos: 0, retain: false } as const;
    const device = await setup.connectPersistent(clientId, { will });
    await client.send(new DeleteConnectionCommand({ clientId, cleanSession: true, preventWillMessage }));
    await device.closed;
    await client.send(new PublishCommand({ topic: "will", payload: Buffer.from("end") }));
    await vi.waitUntil(() => watcher.received.at(-1)?.payload === "end");
    expect(watcher.received).toHaveLength(wills + 1);
    await expect(client.send(new GetConnectionCommand({ clientId }))).rejects.toMatchObject(notFound);
  },
);

test.each([
  ["GetConnection", new GetConnectionCommand({ clientId: "nobody" })],
  ["ListSubscriptions", new ListSubscriptionsCommand({ clientId: "nobody" })],
  ["DeleteConnection", new DeleteConnectionCommand({ clientId: "nobody" })],
  ["an operation that is not played", new GetThingShadowCommand({ thingName: "nobody" })],
])("%s of what is not there is a ResourceNotFoundException, which is not tried again", async (_, command) => {
  const sent = client.send(command as GetConnectionCommand);
  await expect(sent).rejects.toMatchObject(notFound);
});
