import { afterEach, beforeEach, expect, test } from "vitest";
import type { Message } from "../../../../lib/broker/broker.ts";
import { IotCoreBroker } from "../../../../lib/broker/iot-core/broker.ts";
import { isUnavailable } from "../../../../lib/unavailable.ts";
import { PlayedDataPlane } from "../../../support/iot-data-plane.ts";

let plane: PlayedDataPlane;
let broker: IotCoreBroker;

beforeEach(async () => {
  plane = await PlayedDataPlane.start();
  broker = new IotCoreBroker(plane.client);
});
afterEach(() => plane.close());

const message = (given: Partial<Message> = {}): Message => ({
  topic: "t",
  payload: Buffer.from("hello"),
  qos: 0,
  retain: false,
  ...given,
});

test("a message goes out signed, with its topic encoded once and all of its MQTT 5 properties", async () => {
  const properties = {
    payload_format_indicator: 1,
    message_expiry_interval: 60,
    response_topic: "answers",
    correlation_data: "id 1",
    content_type: "text/plain",
    user_properties: { a: ["1", "2"], b: "ü" },
  };
  await broker.publish(message({ topic: "a/b c#ü%".replace("#", ""), qos: 1, retain: true, properties }));
  const [request] = plane.requests;
  expect(request).toMatchObject({
    method: "POST",
    path: "/topics/a%2Fb%20c%C3%BC%25",
    query: {
      qos: "1",
      retain: "true",
      contentType: "text/plain",
      responseTopic: "answers",
      messageExpiry: "60",
    },
    body: "hello",
  });
  expect(request?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/.*\/iotdata\/aws4_request/,
  );
  expect(request?.headers["x-amz-mqtt5-payload-format-indicator"]).toBe("UTF8_DATA");
  const header = (name: string) => Buffer.from(String(request?.headers[name]), "base64").toString();
  expect(header("x-amz-mqtt5-correlation-data")).toBe("id 1");
  expect(JSON.parse(header("x-amz-mqtt5-user-properties"))).toEqual([{ a: "1" }, { a: "2" }, { b: "ü" }]);
});

test.each([
  ["QoS 2", { qos: 2 }, "QoS 0 and 1"],
  ["a payload over 128 KB", { payload: Buffer.alloc(131_073) }, "131072 bytes"],
  ["a topic with eight slashes", { topic: "1/2/3/4/5/6/7/8/9" }, "7 slashes"],
  ["a topic over 256 bytes", { topic: "ü".repeat(129) }, "256 bytes"],
  ["what is not a delayed message", { topic: "$delayed/x/y" }, "$delayed/"],
  ["a topic of AWS", { topic: "$aws/things/x" }, "$aws/"],
  ["a long content type", { properties: { content_type: "x".repeat(257) } }, "256 bytes"],
  ["long correlation data", { properties: { correlation_data: "x".repeat(8_193) } }, "8192 bytes"],
  ["long user properties", { properties: { user_properties: { a: "x".repeat(8_192) } } }, "8192 bytes"],
] as const)("%s is refused with the limit named", (_, given, limit) => {
  expect(broker.refusal(message(given as Partial<Message>))).toContain(limit);
});

test("what just fits is not refused", () => {
  expect(
    broker.refusal(message({ payload: Buffer.alloc(131_072), topic: "1/2/3/4/5/6/7/8" })),
  ).toBeUndefined();
});

test("a deployment may send QoS 2 as QoS 1", async () => {
  const lenient = new IotCoreBroker(plane.client, "downgrade");
  expect(lenient.refusal(message({ qos: 2 }))).toBeUndefined();
  await lenient.publish(message({ qos: 2 }));
  expect(plane.requests[0]?.query.qos).toBe("1");
});

test.each(["x".repeat(129), "$x", "", ".", ".."])(
  "a client id that IoT Core cannot have is not asked for: %j",
  async (clientid) => {
    expect(await broker.kick(clientid)).toBe(false);
    expect(await broker.session(clientid)).toBeUndefined();
    expect(await broker.subscriptions(clientid)).toEqual([]);
    expect(plane.requests).toEqual([]);
  },
);

test("a kick ends the session too", async () => {
  plane.clients.set("c/1", {
    connected: true,
    clean: false,
    subscriptions: new Map(),
    received: [],
    will: undefined,
  });
  await broker.kick("c/1", { preventWill: true });
  expect(plane.requests[0]).toMatchObject({
    method: "DELETE",
    path: "/connections/c%2F1",
    query: { cleanSession: "true", preventWillMessage: "true" },
  });
});

test("a connection is asked for with its address, and without it once that is not allowed", async () => {
  const client = { connected: true, clean: true, subscriptions: new Map(), received: [], will: undefined };
  plane.clients.set("c", client);
  plane.next.push({ status: 200, body: { connected: true, sourceIp: "192.0.2.1", sourcePort: 5_000 } });
  expect(await broker.session("c")).toMatchObject({ ip_address: "192.0.2.1", port: 5_000 });
  plane.next.push({ status: 403, error: "ForbiddenException" });
  expect(await broker.session("c")).toMatchObject({ connected: true });
  await broker.session("c");
  expect(plane.requests.map(({ query }) => query.includeSocketInformation)).toEqual([
    "true",
    "true",
    "false",
    "false",
  ]);
});

test("a call that is throttled is tried again", async () => {
  plane.next.push({ status: 429, error: "ThrottlingException" });
  expect(await broker.publish(message())).toBe("accepted");
  expect(plane.requests).toHaveLength(2);
});

test.each([
  [429, "ThrottlingException", true],
  [500, "InternalFailureException", true],
  [503, "ServiceUnavailableException", true],
  [403, "ForbiddenException", false],
  [400, "InvalidRequestException", false],
])("%d %s passes by itself: %s", async (status, error, passes) => {
  plane.next.push(...Array.from({ length: 3 }, () => ({ status, error })));
  const failure = await broker.publish(message()).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ name: error });
  expect(isUnavailable(failure)).toBe(passes);
});
