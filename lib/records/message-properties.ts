/** MQTT 5 properties of a message, in EMQX's spelling. */
export interface MessageProperties {
  payload_format_indicator?: number | undefined;
  /** Seconds. */
  message_expiry_interval?: number | undefined;
  response_topic?: string | undefined;
  /** Any bytes; a text stands for its UTF-8. */
  correlation_data?: string | Buffer | undefined;
  content_type?: string | undefined;
  /** Several values of a name are a list. */
  user_properties?: Record<string, string | string[]> | undefined;
}
