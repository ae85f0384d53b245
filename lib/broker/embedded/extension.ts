import type { Message } from "../broker.ts";
import type { MessageFacts } from "./message-facts.ts";

/** A client of the broker, connected or about to be. */
export interface ClientIdentity {
  clientid: string;
  username?: string;
  ip_address?: string;
  port?: number;
}

/** A message on its way through the broker. */
export interface PassingMessage extends Message {
  facts: MessageFacts;
}

/** A message that was written to a client. */
export interface DeliveredMessage {
  topic: string;
  facts: MessageFacts;
  /** Epoch milliseconds. */
  delivered_at: number;
}

/**
 * Something that the embedded broker does besides MQTT. Extensions are asked one after another, in the order in
 * which the broker names them.
 */
export interface Extension {
  /** Whether it has nothing to do with messages for now, and need not be told of what becomes of them. */
  readonly idle?: boolean;
  /** Whether a client may connect; asked before it is told that it is connected. */
  admits?(client: ClientIdentity): Promise<boolean>;
  /** A client is connected, and has been told. */
  connected?(client: ClientIdentity): void;
  /** A client's connection is over. */
  disconnected?(client: ClientIdentity): void;
  /** The filter that takes the place of one that a client subscribes to, or unsubscribes from. */
  rewriteFilter?(filter: string, client: ClientIdentity): string;
  /**
   * A message arrives, and is neither retained nor routed yet. Returns what goes on in its place, or `undefined` if
   * the message is held back. `sender` is missing for the messages of the API.
   */
  arrives?(
    message: PassingMessage,
    sender: ClientIdentity | undefined,
  ): PassingMessage | undefined | Promise<PassingMessage | undefined>;
  /** A message was routed; `matched` tells whether anybody subscribes to its topic. */
  routed?(message: PassingMessage, matched: boolean): void | Promise<void>;
  /** A message is about to be written to a client. */
  delivers?(message: PassingMessage, receiver: ClientIdentity): void;
  /** A delivery is over: at once for QoS 0, with the receiver's PUBACK or PUBCOMP otherwise. */
  completes?(delivery: DeliveredMessage, receiver: ClientIdentity): void;
}
