import type { PublishPacket } from "aedes";
import type { MessageProperties } from "../broker.ts";
import type { PassingMessage } from "./extension.ts";
import { attachFacts, type MessageFacts } from "./message-facts.ts";

/**
 * Where a message goes that is held back: nobody can subscribe to it, because the broker keeps `$SYS/` for itself.
 * Aedes answers its sender as usual.
 */
export const heldBackTopic = "$SYS/held-back";

type Properties = NonNullable<PublishPacket["properties"]>;

/** A message as Aedes publishes it. */
export function toPacket({ topic, payload, qos, retain, properties, facts }: PassingMessage): PublishPacket {
  const packet: PublishPacket = { cmd: "publish", topic, payload, qos, retain, dup: false };
  if (properties) packet.properties = toPacketProperties(properties);
  attachFacts(packet, facts);
  return packet;
}

/** The message in a packet. */
export function toMessage(packet: PublishPacket, facts: MessageFacts): PassingMessage {
  const { topic, payload, qos, retain, properties } = packet;
  return {
    topic,
    payload: Buffer.from(payload),
    qos,
    retain,
    ...(properties && { properties: toMessageProperties(properties) }),
    facts,
  };
}

/** Makes a packet on its way in carry a message in place of its own; `undefined` holds it back. */
export function applyMessage(packet: PublishPacket, message: PassingMessage | undefined): void {
  if (!message) {
    Object.assign(packet, { topic: heldBackTopic, payload: Buffer.alloc(0), retain: false });
    return;
  }
  const { topic, payload, retain, facts } = message;
  Object.assign(packet, { topic, payload, retain });
  attachFacts(packet, facts);
}

function toPacketProperties(given: MessageProperties): Properties {
  const { payload_format_indicator, message_expiry_interval, correlation_data } = given;
  return defined({
    payloadFormatIndicator: payload_format_indicator === undefined ? undefined : payload_format_indicator > 0,
    messageExpiryInterval: message_expiry_interval,
    responseTopic: given.response_topic,
    correlationData: bytesOf(correlation_data),
    contentType: given.content_type,
    userProperties: given.user_properties,
  });
}

function toMessageProperties(given: Properties): MessageProperties {
  const { payloadFormatIndicator, correlationData, userProperties } = given;
  return defined({
    payload_format_indicator:
      payloadFormatIndicator === undefined ? undefined : Number(payloadFormatIndicator),
    message_expiry_interval: given.messageExpiryInterval,
    response_topic: given.responseTopic,
    correlation_data: correlationData,
    content_type: given.contentType,
    user_properties: userProperties && { ...userProperties },
  });
}

const bytesOf = (given: string | Buffer | undefined) =>
  typeof given === "string" ? Buffer.from(given) : given;

function defined<Given extends object>(given: Given): { [Name in keyof Given]?: NonNullable<Given[Name]> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
