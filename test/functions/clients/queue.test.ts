import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { QueuedMessage } from "../../../lib/broker/broker.ts";
import { IotCoreBroker } from "../../../lib/broker/iot-core/broker.ts";
import { connected } from "../../support/events.ts";
import { PlayedDataPlane } from "../../support/iot-data-plane.ts";
import { TestApi } from "../../support/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});

afterAll(() => api.close());

const first = 1_716_187_698_009_179_275n;

const queued = (n: number, given: Partial<QueuedMessage> = {}): QueuedMessage => ({
  msgid: n.toString(16).toUpperCase().padStart(32, "0"),
  topic: "t/1",
  payload: Buffer.from(String(n)),
  qos: 1,
  publish_at: 1_716_187_698_000,
  from_clientid: "sender",
  from_username: null,
  inserted_at: String(first + BigInt(n)),
  ...given,
});

const hundred = Array.from({ length: 100 }, (_, n) => queued(n + 1));

beforeEach(() => {
  api.broker.queued.set("c", hundred);
  api.broker.queued.set("empty", []);
});

const kinds = [
  ["mqueue_messages", "_0"],
  ["inflight_messages", ""],
] as const;

describe.each(kinds)("GET /clients/{clientid}/%s", (resource, suffix) => {
  const at = (n: number) => `${first + BigInt(n)}${suffix}`;
  const read = async (query = "", clientid = "c") =>
    api.call("GET", `/clients/${clientid}/${resource}${query && `?${query}`}`);
  const payloads = ({ json }: { json: { data: { payload: string }[] } }) =>
    json.data.map(({ payload }) => atob(payload));

  test("lists them in their order, from the first to the last", async () => {
    const answer = await read();
    expect(answer.status).toBe(200);
    expect(payloads(answer)).toEqual(hundred.map(({ payload }) => String(payload)));
    expect(answer.json.meta).toEqual({ start: at(1), position: at(100) });
  });

  test("shows a message with what is known of it", async () => {
    const { json } = await read("limit=1");
    expect(json.data).toEqual([
      {
        msgid: "00000000000000000000000000000001",
        topic: "t/1",
        qos: 1,
        publish_at: 1_716_187_698_000,
        from_clientid: "sender",
        from_username: "undefined",
        inserted_at: String(first + 1n),
        payload: "MQ==",
        ...(suffix && { mqueue_priority: 0 }),
      },
    ]);
  });

  test.each([
    [null, "undefined"],
    [undefined, ""],
    ["somebody", "somebody"],
  ])("names the user name %j of its sender %j", async (from_username, shown) => {
    const { from_username: _, ...message } = queued(1);
    api.broker.queued.set("c", [{ ...message, ...(from_username !== undefined && { from_username }) }]);
    expect((await read()).json.data[0].from_username).toBe(shown);
  });

  test("leads from page to page, the start being the same", async () => {
    const pages: string[][] = [];
    let position = "none";
    for (;;) {
      const answer = await read(`limit=19&position=${position}`);
      expect(answer.json.meta.start).toBe(at(1));
      if (answer.json.data.length === 0) break;
      pages.push(payloads(answer));
      position = answer.json.meta.position;
    }
    expect(pages.map(({ length }) => length)).toEqual([19, 19, 19, 19, 19, 5]);
    expect(pages.flat()).toEqual(hundred.map(({ payload }) => String(payload)));
    expect(position).toBe(at(100));
  });

  test("has nothing after the last position, and says where it is", async () => {
    const { json } = await read(`position=${at(100)}`);
    expect(json).toEqual({ data: [], meta: { start: at(1), position: at(100) } });
  });

  test("goes on where a message is gone that a position names", async () => {
    api.broker.queued.set("c", hundred.slice(30));
    const answer = await read(`limit=2&position=${at(20)}`);
    expect(payloads(answer)).toEqual(["31", "32"]);
    expect(answer.json.meta).toEqual({ start: at(31), position: at(32) });
  });

  test("is empty for a client for which nothing waits", async () => {
    expect((await read("", "empty")).json).toEqual({ data: [], meta: { start: "none", position: "none" } });
  });

  test.each(["base64", "plain"])(
    "with room for no payload it is the first message alone, %s",
    async (payload) => {
      const { json } = await read(`max_payload_bytes=1&payload=${payload}`);
      expect(json.data).toHaveLength(1);
      expect(json.meta).toEqual({ start: at(1), position: at(1) });
    },
  );

  test("skips nothing whose payload did not fit", async () => {
    const seen: string[] = [];
    let position = "none";
    for (let page = 0; page < 200 && seen.at(-1) !== "100"; page += 1) {
      const answer = await read(`max_payload_bytes=10&payload=plain&position=${position}`);
      const found = answer.json.data.map((row: { payload: string }) => row.payload);
      expect(found.join("").length).toBeLessThanOrEqual(10);
      seen.push(...found);
      position = answer.json.meta.position;
    }
    expect(seen).toEqual(hundred.map(({ payload }) => String(payload)));
  });

  test("leaves payloads out, and then their sizes do not count", async () => {
    const { json } = await read("payload=none&max_payload_bytes=1");
    expect(json.data).toHaveLength(100);
    expect(json.data[0]).not.toHaveProperty("payload");
  });

  test("replaces what is no text in a plain payload", async () => {
    api.broker.queued.set("c", [queued(1, { payload: Buffer.from([0x61, 0xff]) })]);
    expect((await read("payload=plain")).json.data[0].payload).toBe("a\ufffd");
  });

  test.each(["1", "1KB", "10mb", "1GB"])("takes max_payload_bytes=%s", async (size) => {
    expect((await read(`max_payload_bytes=${size}`)).status).toBe(200);
  });

  test.each([
    ["limit", "0", { expected: "1..10000" }, 0],
    ["limit", "limit", { expected: "1..10000" }, "limit"],
    ["max_payload_bytes", "0", "must be higher than 0", 0],
    ["max_payload_bytes", "-1", "must be higher than 0", -1],
    ["max_payload_bytes", "0MB", "must be higher than 0", 0],
    ["max_payload_bytes", "-1MB", "Not a valid bytesize", "-1MB"],
    ["max_payload_bytes", "1.5MB", "Not a valid bytesize", "1.5MB"],
    ["max_payload_bytes", "", "Not a valid bytesize", ""],
    ["payload", "x", "not_a_enum_symbol", "x"],
  ])("refuses %s=%s", async (path, given, reason, value) => {
    const { status, json } = await read(`${path}=${given}`);
    expect([status, json.code]).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.parse(json.message)).toEqual({ kind: "validation_error", path, reason, value });
  });

  test.each(["not-valid", "", "end_of_data", "_0", "1_x", "1_0_0", suffix ? "1" : "1_0"])(
    "refuses the position %j",
    async (position) => {
      const { status, json } = await read(`limit=10&position=${position}`);
      expect([status, json.code, json.message]).toEqual([400, "INVALID_PARAMETER", "position_limit_invalid"]);
    },
  );

  test("refuses a wrong limit before a wrong position", async () => {
    expect((await read("limit=-5&position=not-valid")).json.code).toBe("BAD_REQUEST");
  });

  test("is not there for a client that the broker does not know", async () => {
    const { status, json } = await read("", "nobody");
    expect([status, json.code, json.message]).toEqual([404, "CLIENTID_NOT_FOUND", "Client ID not found"]);
  });
});

test("positions of other priorities lie before and behind all messages", async () => {
  const read = async (position: string) =>
    (await api.call("GET", `/clients/c/mqueue_messages?position=${position}`)).json.data.length;
  expect(await read("1_1")).toBe(100);
  expect(await read("1_infinity")).toBe(100);
  expect(await read("1_-1")).toBe(0);
  expect(await read("-5_0")).toBe(100);
});

test.each(kinds)("on AWS IoT Core, which shows nobody its queues, %s says so", async (resource) => {
  const plane = await PlayedDataPlane.start();
  const aws = await TestApi.start({ broker: new IotCoreBroker(plane.client) });
  aws.registry.push(connected("c"));
  await aws.registry.idle();
  const read = async (clientid: string) => {
    const { status, json } = await aws.call("GET", `/clients/${clientid}/${resource}`);
    return [status, json.code];
  };
  expect(await read("c")).toEqual([501, "NOT_IMPLEMENTED"]);
  expect(await read("nobody")).toEqual([404, "CLIENTID_NOT_FOUND"]);
  await aws.close();
  await plane.close();
});
