import type { AedesPublishPacket } from "aedes";
import type { SharedFilter } from "../../mqtt/shared-filter.ts";
import type { QueuedMessage } from "../broker.ts";
import { attachFacts, type MessageFacts } from "./message-facts.ts";

/** A message on its way to one session. */
export interface Letter {
  /** Place among the session's letters: the time at which it came, in epoch nanoseconds. */
  readonly key: string;
  /** When it came to where it is, the queue or the in-flight window; epoch nanoseconds. */
  insertedAt: string;
  readonly topic: string;
  readonly payload: Buffer;
  /** With which it is sent. */
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** As they are written, but for what depends on the time. */
  readonly properties?: Record<string, unknown>;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  readonly facts: MessageFacts;
  /** The shared subscription that it was picked for. */
  readonly shared?: SharedFilter;
  /** Packet Identifier, once it was sent with QoS 1 or 2. */
  messageId?: number;
  /** The receiver has it, and QoS 2's handshake is not over. */
  released?: boolean;
}

/** What makes a letter, before it has a place. */
export type LetterContent = Omit<Letter, "key" | "insertedAt" | "messageId" | "released">;

/** Whether its time is over. [MQTT-3.3.2-5] */
export const hasExpired = ({ expiresAt }: LetterContent) =>
  expiresAt !== undefined && expiresAt <= Date.now();

/** The packet that carries a letter. */
export function packetOf(letter: Letter, { dup = false } = {}): AedesPublishPacket {
  const { topic, payload, qos, retain, messageId, expiresAt, facts } = letter;
  const packet = { cmd: "publish", topic, payload, qos, retain, dup, messageId } as AedesPublishPacket;
  if (letter.properties) packet.properties = { ...letter.properties };
  // The packet writer writes nothing at all of a packet with an empty list.
  if (isEmpty(packet.properties?.userProperties)) delete packet.properties?.userProperties;
  // [MQTT-3.3.2-6] what is left of it
  if (packet.properties && expiresAt !== undefined) {
    packet.properties.messageExpiryInterval = Math.max(0, Math.ceil((expiresAt - Date.now()) / 1_000));
  }
  attachFacts(packet, facts);
  return packet;
}

const isEmpty = (map: object | undefined) => map !== undefined && Object.keys(map).length === 0;

/** A letter as the broker port shows it. */
export function describeLetter({ topic, payload, qos, insertedAt, facts }: Letter): QueuedMessage {
  const { msgid, publish_at, from_clientid, from_username } = facts;
  return {
    ...{ msgid, topic, payload, qos, publish_at, from_clientid, inserted_at: insertedAt },
    ...(from_username !== undefined && { from_username }),
  };
}
