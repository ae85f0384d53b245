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
