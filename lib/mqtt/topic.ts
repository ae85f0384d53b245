/** Longest text of a packet in bytes, such as a topic name or filter, a client id or a user name. [MQTT-1.5.4] */
export const maxTextBytes = 65_535;

/** Whether a text can be published to. [MQTT-3.3.2-2, MQTT-4.7.3-1, MQTT-4.7.3-2] */
export function isTopicName(topic: string): boolean {
  return topic !== "" && !/[+#\0]/.test(topic) && Buffer.byteLength(topic) <= maxTextBytes;
}
