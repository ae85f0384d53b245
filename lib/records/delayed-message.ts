import type { MessageProperties } from "./message-properties.ts";

/** What is listed of a message that is held back until a time. */
export interface DelayedRow {
  /** 32 upper-case hex digits. */
  msgid: string;
  /** Where it is going. */
  topic: string;
  qos: 0 | 1 | 2;
  /** When it came, in epoch milliseconds. */
  publish_at: number;
  /** When it is published, in epoch milliseconds. */
  expected_at: number;
  /** Seconds. */
  delayed_interval: number;
  from_clientid: string;
  /** `null` for a client without a user name; absent for a sender that is no client. */
  from_username?: string | null | undefined;
}

/** A message that is held back until a time. */
export interface DelayedMessage extends DelayedRow {
  payload: Buffer;
  retain: boolean;
  properties?: MessageProperties | undefined;
}

/** The settings of delayed publishing. [emqx_delayed_api] */
export interface DelayedSettings {
  enable: boolean;
  /** How many messages are held back at most; 0 for any number. */
  max_delayed_messages: number;
}

/** Name of the document with the settings of delayed publishing. */
export const delayedDocument = "delayed";

export const defaultDelayedSettings: DelayedSettings = { enable: true, max_delayed_messages: 0 };
