import type { DelayedMessage, DelayedRow } from "../records/delayed-message.ts";

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
export const toMessageItem = ({ properties, ...message }: DelayedMessage) => ({
  ...message,
  ...messageKey(message.msgid),
  ...(properties && { properties: JSON.stringify(properties) }),
  expires_at: expiryOf(message),
});

/** The message of an item. */
export function toMessage(item: Record<string, unknown>): DelayedMessage {
  const { pk: _pk, sk: _sk, expires_at: _expires, claimed_until: _claimed, properties, ...message } = item;
  const payload = Buffer.from(item.payload as Uint8Array);
  const read = properties !== undefined && { properties: JSON.parse(String(properties)) };
  return { ...message, payload, ...read } as DelayedMessage;
}

/** How much of an item a message takes, in bytes. */
export function delayedBytes({
  topic,
  payload,
  properties,
}: Pick<DelayedMessage, "topic" | "payload" | "properties">) {
  return Buffer.byteLength(topic) + payload.length + Buffer.byteLength(JSON.stringify(properties ?? {}));
}

const expiryOf = ({ expected_at }: DelayedRow) => Math.ceil(expected_at / 1_000) + keptUndelivered;
