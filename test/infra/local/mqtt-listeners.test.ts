import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Server } from "node:net";
import mqtt from "mqtt";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { webSocketServer } from "../../../infra/local/mqtt-listeners.ts";
import { EmbeddedSetup } from "../../support/embedded-setup.ts";
import { rawRequest } from "../../support/raw-request.ts";

let setup: EmbeddedSetup;
let server: Server;
let host: string;

beforeAll(async () => {
  setup = await EmbeddedSetup.start();
  server = webSocketServer(setup.broker).listen(0, "127.0.0.1");
  await once(server, "listening");
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await setup.close();
});

/** Opens a WebSocket; returns the subprotocol that was agreed on. */
async function open(path: string, protocols: string[]): Promise<{ socket: WebSocket; protocol: string }> {
  const socket = new WebSocket(`ws://${host}${path}`, protocols);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  return { socket, protocol: socket.protocol };
}

/** The CONNECT of MQTT 3.1.1 of a clean session, without a client id. */
const connectPacket = Buffer.from("100c00044d5154540402003c0000", "hex");

/** The CONNACK that accepts it. */
const accepted = Buffer.from("20020000", "hex");

test("a client connects over TCP", async () => {
  const socket = connect(setup.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write(connectPacket);
  const [answer] = await once(socket, "data");
  expect(answer).toEqual(accepted);
});

test("what is no MQTT ends a connection over TCP", async () => {
  const socket = connect(setup.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(socket, "close");
});

test("a client connects over WebSocket with the subprotocol mqtt, and reaches who is on TCP", async () => {
  const onTcp = await setup.connect("on-tcp");
  await onTcp.mqtt.subscribeAsync("t");
  const onWs = await mqtt.connectAsync(`ws://${host}/mqtt`, { clientId: "on-ws", reconnectPeriod: 0 });
  await onWs.publishAsync("t", "hi", { qos: 1 });
  await vi.waitUntil(() => onTcp.received.length > 0);
  expect(onTcp.received).toMatchObject([{ topic: "t", payload: "hi" }]);
  expect(setup.of("connected", "on-ws")).toMatchObject([{ ipAddress: "127.0.0.1" }]);
  await onWs.endAsync();
});

test.each([
  [["mqtt"], "mqtt"],
  [["mqttv3.1", "mqtt"], "mqtt"],
  [["mqttv3.1"], "mqttv3.1"],
  [[], ""],
])("of the subprotocols %j it takes %j", async (offered, taken) => {
  expect((await open("/mqtt", offered)).protocol).toBe(taken);
});

test("packets may be split over messages of a WebSocket, both ways", async () => {
  const { socket } = await open("/mqtt?any=query", ["mqtt"]);
  const answer: Buffer[] = [];
  socket.on("message", (part: Buffer) => answer.push(part));
  for (const byte of connectPacket) socket.send(Buffer.of(byte));
  await vi.waitFor(() => expect(Buffer.concat(answer)).toEqual(accepted));
});

test.each(["/", "/mqtt/x", "/other"])("a WebSocket at %s is refused", async (path) => {
  const socket = new WebSocket(`ws://${host}${path}`, ["mqtt"]);
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  expect(response.statusCode).toBe(400);
  socket.terminate();
});

test("a request that is no WebSocket is told to become one", async () => {
  expect((await rawRequest(`http://${host}`, "/mqtt")).status).toBe(426);
});
