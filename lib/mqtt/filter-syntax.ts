import { maxTextBytes } from "./topic.ts";

/**
 * Why a text is no topic filter, in words for the caller; `undefined` if it is one.
 * [MQTT-4.7.1-1, MQTT-4.7.1-2, MQTT-4.7.1-3, MQTT-4.7.3-1, MQTT-4.7.3-2]
 */
export function filterProblem(filter: string): string | undefined {
  if (filter === "") return "A topic filter is not empty";
  if (filter.includes("\0")) return "A topic filter has no NUL character";
  if (Buffer.byteLength(filter) > maxTextBytes) return `A topic filter has ${maxTextBytes} bytes at most`;
  const levels = filter.split("/");
  if (levels.some((level) => level.length > 1 && /[+#]/.test(level))) {
    return "The wildcards + and # stand for whole levels of a topic filter";
  }
  return levels.slice(0, -1).includes("#") ? "The wildcard # comes last in a topic filter" : undefined;
}

/** Whether a text can be subscribed to. */
export const isTopicFilter = (filter: string) => filterProblem(filter) === undefined;
