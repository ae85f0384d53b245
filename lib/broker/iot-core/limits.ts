import type { Message } from "../broker.ts";

/** What happens to a message with QoS 2, which IoT Core does not have. */
export type QosPolicy = "refuse" | "downgrade";

/** Quotas of AWS IoT Core that cannot be raised, in bytes unless it says otherwise. */
const limits = {
  clientid: 128,
  topic: 256,
  topicSlashes: 7,
  payload: 131_072,
  contentType: 256,
  responseTopic: 256,
  correlationData: 8_192,
  userProperties: 8_192,
};

const notDelayed =
  "AWS IoT Core has no topics that begin with $delayed/, and this is none of a delayed message that is enabled and in range";

/** Ids that the data plane cannot be asked about, because they are no segments of a URL's path. */
const noSegments = ["", ".", ".."];

/** Whether a client of IoT Core can have this id, and can be asked about. */
export function isIotClientid(clientid: string): boolean {
  return (
    !noSegments.includes(clientid) &&
    !clientid.startsWith("$") &&
    Buffer.byteLength(clientid) <= limits.clientid
  );
}

/** Whether a message of IoT Core can have this topic. */
export function isIotTopic(topic: string): boolean {
  return topic.split("/").length - 1 <= limits.topicSlashes && Buffer.byteLength(topic) <= limits.topic;
}

/** Why IoT Core cannot take a message, with the limit named; `undefined` if it can. */
export function iotRefusal(message: Message, qosPolicy: QosPolicy): string | undefined {
  const { topic, payload, qos, properties = {} } = message;
  if (qos === 2 && qosPolicy === "refuse") return "AWS IoT Core has QoS 0 and 1, not 2";
  if (topic.startsWith("$delayed/")) return notDelayed;
  if (topic.startsWith("$aws/")) return "AWS IoT Core keeps topics that begin with $aws/ for itself";
  if (topic.split("/").length - 1 > limits.topicSlashes) {
    return `AWS IoT Core takes topics with ${limits.topicSlashes} slashes at most`;
  }
  const sizes: [string, string | Buffer | undefined, number][] = [
    ["topics", topic, limits.topic],
    ["payloads", payload, limits.payload],
    ["content types", properties.content_type, limits.contentType],
    ["response topics", properties.response_topic, limits.responseTopic],
    ["correlation data", properties.correlation_data, limits.correlationData],
    [
      "user properties",
      Object.entries(properties.user_properties ?? {})
        .flat(2)
        .join(""),
      limits.userProperties,
    ],
  ];
  const tooLong = sizes.find(([, value = "", limit]) => Buffer.byteLength(value) > limit);
  if (tooLong) return `AWS IoT Core takes ${tooLong[0]} of ${tooLong[2]} bytes at most`;
  return (properties.message_expiry_interval ?? 1) < 0
    ? "A message expiry interval is not negative"
    : undefined;
}
