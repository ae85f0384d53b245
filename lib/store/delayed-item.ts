import type { DelayedMessage, DelayedRow } from "../records/delayed-message.ts";
import type { MessageProperties } from "../records/message-properties.ts";

/** How long a message is kept that could not be delivered, in seconds; as long as its dead letter. */
const keptUndelivered = 14 * 86_400;

/** Largest topic, payload and properties together, in bytes: what an item of DynamoDB (400 kB) has room for. */
export const maxDelayedBytes = 380_000;

/** Partition of the rows. */
export const rowsKey = "delayed";

/** Where the number of messages is. */
export const countKey = { pk: "delayed_count", sk: "count" } as const;

/** Key of a row. Text order is the order of the times. */
export function rowKey({ expected_at, msgid }: Pick<DelayedRow, "expected_at" | "msgid">) {
  return { pk: rowsKey, sk: `${String(expected_at).padStart(15, "0")}#${msgid}` };
}

/** Key of the item with the payload. */
export function messageKey(msgid: string) {
  return { pk: `delayed_message#${msgid}`, sk: "message" };
}

/** The time of a row's key, in epoch milliseconds. */
export function timeOfRow(sk: string): number {
  return Number(sk.split("#", 1)[0]);
}

/** The fields of a row, without what the store keeps beside them. */
export function rowOf(given: DelayedRow): DelayedRow {
  const { msgid, topic, qos, publish_at, expected_at, delayed_interval, from_clientid, from_username } =
    given;
  const row = { msgid, topic, qos, publish_at, expected_at, delayed_interval, from_clientid };
  return { ...row, ...(from_username !== undefined && { from_username }) };
}

export const toRowItem = (message: DelayedMessage) => ({
  ...rowOf(message),
  ...rowKey(message),
  expires_at: expiryOf(message),
});

/** Names of user properties may be any text; the SDK does not write all of them as names of attributes. */
function writeProperties({ correlation_data, ...properties }: MessageProperties): string {
  return JSON.stringify({
    ...properties,
    ...(typeof correlation_data === "string"
      ? { correlation_data }
      : { correlation_base64: correlation_data?.toString("base64") }),
  });
}

function readProperties(text: string): MessageProperties {
  const { correlation_base64, ...properties } = JSON.parse(text);
  if (correlation_base64 === undefined) return properties;
  return { ...properties, correlation_data: Buffer.from(correlation_base64, "base64") };
}

export const toMessageItem = ({ properties, ...message }: DelayedMessage) => ({
  ...message,
  ...messageKey(message.msgid),
  ...(properties && { properties: writeProperties(properties) }),
  expires_at: expiryOf(message),
});

/** The message of an item. */
export function toMessage(item: Record<string, unknown>): DelayedMessage {
  const { pk: _pk, sk: _sk, expires_at: _expires, claimed_until: _until, claimed_by: _by, ...rest } = item;
  const { properties, ...message } = rest;
  const payload = Buffer.from(item.payload as Uint8Array);
  const read = properties !== undefined && { properties: readProperties(String(properties)) };
  return { ...message, payload, ...read } as DelayedMessage;
}

/** How much of an item a message takes, in bytes. */
export function delayedBytes({
  topic,
  payload,
  properties,
}: Pick<DelayedMessage, "topic" | "payload" | "properties">) {
  return Buffer.byteLength(topic) + payload.length + Buffer.byteLength(writeProperties(properties ?? {}));
}

const expiryOf = ({ expected_at }: DelayedRow) => Math.ceil(expected_at / 1_000) + keptUndelivered;
