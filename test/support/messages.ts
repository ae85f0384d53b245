import type { Message } from "../../lib/broker/broker.ts";
import type { EmbeddedClient } from "./embedded-setup.ts";

/** A message with QoS 0 whose payload is its topic, unless given. */
export const messageTo = (topic: string, given: Partial<Message> = {}): Message => ({
  ...{ topic, payload: Buffer.from(topic), qos: 0, retain: false },
  ...given,
});

/** So many numbers as texts. */
export const numbers = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => String(from + n));

/** What a client has received. */
export const payloadsOf = ({ received }: Pick<EmbeddedClient, "received">): string[] =>
  received.map(({ payload }) => payload);
