/** The MQTT broker behind the API. Two adapters speak for it: `embedded.ts` and, on AWS, IoT Core. */
export interface Broker {
  /** What it can take; checked before anything is sent. */
  readonly limits: BrokerLimits;

  /** Publishes a message on behalf of the API. Calls take effect in the order in which they are made. */
  publish(message: Message): Promise<PublishResult>;

  /**
   * Disconnects a client and discards its session. Returns whether the broker knew a connection or a session of it.
   */
  kick(clientid: string): Promise<boolean>;
}

export interface BrokerLimits {
  /** Largest PUBLISH packet in bytes, as EMQX estimates it: topic, payload and 9. */
  packetBytes: number;
}

export interface Message {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  properties?: MessageProperties;
}

/** MQTT 5 properties of a message, in EMQX's spelling. */
export interface MessageProperties {
  payload_format_indicator?: number | undefined;
  /** Seconds. */
  message_expiry_interval?: number | undefined;
  response_topic?: string | undefined;
  correlation_data?: string | undefined;
  content_type?: string | undefined;
  user_properties?: Record<string, string> | undefined;
}

/**
 * `delivered`: handed to at least one session, connected or not; `unmatched`: nobody subscribes, or the message is
 * held back; `failed`: somebody subscribes and nobody could be reached.
 */
export type PublishResult = "delivered" | "unmatched" | "failed";
