import type { Message } from "../../lib/broker/broker.ts";
import { isTopicName } from "../../lib/mqtt/topic.ts";
import type { NotPublished, PublishRequest } from "./contract.ts";

/** EMQX's default `mqtt.max_packet_size`. */
const maxPacketBytes = 1_048_576;

/** What EMQX adds to topic and payload when it estimates the size of a packet. [emqx_mgmt_api_publish] */
const estimatedHeaderBytes = 9;

/** The message of a request, or why it cannot be published. Checked in EMQX's order: payload, topic, size. */
export function toMessage(request: PublishRequest): Message | NotPublished {
  const { topic, qos, retain, properties } = request;
  const payload = decode(request);
  if (!payload) {
    return {
      reason_code: 131,
      message: `{decode_base64_payload_failed,<<${JSON.stringify(request.payload)}>>}`,
    };
  }
  if (!isTopicName(topic)) return { reason_code: 144, message: "topic_name_invalid" };
  if (Buffer.byteLength(topic) + payload.length + estimatedHeaderBytes > maxPacketBytes) {
    return { reason_code: 151, message: "packet_too_large" };
  }
  return { topic, payload, qos, retain, ...(properties && { properties }) };
}

export function isRefused(message: Message | NotPublished): message is NotPublished {
  return "reason_code" in message;
}

function decode({ payload, payload_encoding }: PublishRequest): Buffer | undefined {
  if (payload_encoding === "plain") return Buffer.from(payload);
  const base64 = payload.replace(/[ \t\r\n]/g, "");
  const valid = base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  return valid ? Buffer.from(base64, "base64") : undefined;
}
