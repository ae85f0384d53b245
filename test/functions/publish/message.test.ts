import { describe, expect, test } from "vitest";
import type { PublishRequest } from "../../../functions/publish/contract.ts";
import { isRefused, toMessage } from "../../../functions/publish/message.ts";

/** EMQX's default `mqtt.max_packet_size`, less what it adds to topic and payload. */
const mostBytes = 1_048_576 - 9;

const request = (given: Partial<PublishRequest> = {}): PublishRequest => ({
  topic: "t",
  payload: "hello",
  payload_encoding: "plain",
  qos: 0,
  retain: false,
  ...given,
});

const base64 = (payload: string, given: Partial<PublishRequest> = {}) =>
  toMessage(request({ payload, payload_encoding: "base64", ...given }));

function reasonOf(message: ReturnType<typeof toMessage>): number | undefined {
  return isRefused(message) ? message.reason_code : undefined;
}

describe("a payload in base64", () => {
  test.each([
    ["aGVsbG8=", Buffer.from("hello")],
    ["", Buffer.alloc(0)],
    ["+/+/", Buffer.from([0xfb, 0xff, 0xbf])],
    ["aG Vs\tbG8\r\n=\n", Buffer.from("hello")],
    ["ab==", Buffer.from("i")],
  ])("%j is decoded", (payload, expected) => {
    expect(base64(payload)).toMatchObject({ payload: expected });
  });

  test.each(["hello", "aGVsbG8", "ab=", "====", "YQ==YQ==", "-_-_", "Y\vQ==", "Y\u00a0Q==", "测试测试"])(
    "%j is none",
    (payload) => {
      expect(reasonOf(base64(payload))).toBe(131);
    },
  );

  test.each([
    ["hello", "hello"],
    ['he"l', 'he\\"l'],
    ["a\\b", "a\\\\b"],
    ["a\nb", "a\\nb"],
  ])("that is none, %j, is quoted as Erlang does", (payload, quoted) => {
    expect(base64(payload)).toEqual({
      reason_code: 131,
      message: `{decode_base64_payload_failed,<<"${quoted}">>}`,
    });
  });
});

describe("the size of a message", () => {
  test("counts the bytes of topic and payload, not their characters", () => {
    const payload = "é".repeat((mostBytes - 3) / 2);
    expect(reasonOf(toMessage(request({ topic: "té", payload })))).toBeUndefined();
    expect(reasonOf(toMessage(request({ topic: "éé", payload })))).toBe(151);
  });

  test("is that of the decoded payload", () => {
    const fits = Buffer.alloc(mostBytes - 1).toString("base64");
    expect(reasonOf(base64(fits))).toBeUndefined();
    const tooLong = Buffer.alloc(mostBytes).toString("base64");
    expect(base64(tooLong)).toEqual({ reason_code: 151, message: "packet_too_large" });
  });
});

test("the payload is checked before the topic, and the topic before the size", () => {
  expect(reasonOf(base64("hello", { topic: "#" }))).toBe(131);
  expect(reasonOf(toMessage(request({ topic: "#", payload: "x".repeat(mostBytes) })))).toBe(144);
});
