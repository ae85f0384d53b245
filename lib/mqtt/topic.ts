/** Longest text of a packet in bytes, such as a topic name or filter, a client id or a user name. [MQTT-1.5.4] */
export const maxTextBytes = 65_535;

/** Whether a text can be published to. [MQTT-3.3.2-2, MQTT-4.7.3-1, MQTT-4.7.3-2] */
export function isTopicName(topic: string): boolean {
  return topic !== "" && !/[+#\0]/.test(topic) && Buffer.byteLength(topic) <= maxTextBytes;
}

/** Whether a topic name falls under a filter. */
export function matchesFilter(topic: string, filter: string): boolean {
  // [MQTT-4.7.2-1] a leading wildcard does not match topics starting with '$'
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false;
  const levels = topic.split("/");
  const parts = filter.split("/");
  for (const [depth, part] of parts.entries()) {
    if (part === "#") return true;
    if (part !== "+" && part !== levels[depth]) return false;
    if (depth >= levels.length) return false;
  }
  return parts.length === levels.length;
}
