import { maxTextBytes } from "../../mqtt/topic.ts";
import type { Message, MessageProperties } from "../broker.ts";

/** Aedes's limit for topic names and filters. */
const maxTopicLevels = 100;

/** Why the embedded broker does not take a topic name or filter; `undefined` if it does. */
export function topicRefusal(topic: string): string | undefined {
  if (topic.split("/").length <= maxTopicLevels) return undefined;
  return `The embedded broker takes topics with ${maxTopicLevels} levels at most`;
}

/** Longest expiry interval, in seconds. [MQTT-3.3.2.3.3] */
const maxExpiry = 0xffff_ffff;

/** Why the embedded broker does not take a message; `undefined` if it does. */
export function messageRefusal({ topic, properties = {} }: Message): string | undefined {
  return topicRefusal(topic) ?? propertiesRefusal(properties);
}

/** EMQX takes what no packet can hold, and ends the connections of those who would get it. */
function propertiesRefusal(given: MessageProperties): string | undefined {
  const texts = {
    content_type: [given.content_type],
    response_topic: [given.response_topic],
    correlation_data: [given.correlation_data],
    user_properties: Object.entries(given.user_properties ?? {}).flat(2),
  };
  for (const [name, values] of Object.entries(texts)) {
    if (values.some((value = "") => Buffer.byteLength(value) > maxTextBytes))
      return `${name} is longer than ${maxTextBytes} bytes`;
  }
  const { message_expiry_interval: expiry = 0 } = given;
  return expiry < 0 || expiry > maxExpiry ? `message_expiry_interval is not 0..${maxExpiry}` : undefined;
}
