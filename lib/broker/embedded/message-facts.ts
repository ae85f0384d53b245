import { newMessageId } from "../../mqtt/message-id.ts";
import type { Message } from "../broker.ts";

/** What the broker knows of a message beside what MQTT carries. */
export interface MessageFacts {
  /** 32 upper-case hex digits. */
  msgid: string;
  /** Epoch milliseconds. */
  publish_at: number;
  from_clientid: string;
  /** `null` for a client without a user name; absent for a sender that is no client. */
  from_username?: string | null;
}

/**
 * Aedes copies the MQTT 5 properties of a packet from step to step, and nothing else that it does not know. So facts
 * travel in them, under a symbol, which is never written to a client.
 */
const facts = Symbol("facts of the message");

interface Packet {
  properties?: object | undefined;
}

/** The facts that travel with a packet; `undefined` for the broker's own messages. */
export function factsOf({ properties }: Packet): MessageFacts | undefined {
  return (properties as { [facts]?: MessageFacts } | undefined)?.[facts];
}

/** Gives facts to a packet, which keeps its other properties. */
export function attachFacts(packet: Packet, given: MessageFacts): void {
  packet.properties = { ...packet.properties, [facts]: given };
}

/** [emqx_mgmt_api_publish] messages of the API come from a client of this name, which has no user name. */
export function factsOfApi({ msgid = newMessageId() }: Message): MessageFacts {
  return { msgid, publish_at: Date.now(), from_clientid: "http_api" };
}
