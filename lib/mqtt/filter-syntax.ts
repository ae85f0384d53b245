/** Longest topic filter, in bytes. [MQTT-4.7.3-3] */
const maxFilterBytes = 65_535;

/**
 * Why a text is no topic filter, in words for the caller; `undefined` if it is one.
 * [MQTT-4.7.1-1, MQTT-4.7.1-2, MQTT-4.7.1-3, MQTT-4.7.3-1, MQTT-4.7.3-2]
 */
export function filterProblem(filter: string): string | undefined {
  if (filter === "") return "A topic filter is not empty";
  if (filter.includes("\0")) return "A topic filter has no NUL character";
  if (Buffer.byteLength(filter) > maxFilterBytes) return `A topic filter has ${maxFilterBytes} bytes at most`;
  const levels = filter.split("/");
  if (levels.some((level) => level.length > 1 && /[+#]/.test(level))) {
    return "The wildcards + and # stand for whole levels of a topic filter";
  }
  return levels.slice(0, -1).includes("#") ? "The wildcard # comes last in a topic filter" : undefined;
}

/** Whether a filter is one of a shared subscription, in either notation of EMQX. */
export function isShared(filter: string): boolean {
  return /^\$(queue|share)\//.test(filter);
}

/**
 * The part of a filter that misuses `$share`, `$queue` or `$exclusive`: without group or topic, or one in another.
 * `undefined` if there is none. [emqx_topic]
 */
export function misusedPrefix(filter: string): string | undefined {
  if (filter === "$exclusive/") return filter;
  if (!isShared(filter)) return undefined;
  const [prefix = "", ...levels] = filter.split("/");
  if (prefix === "$share") {
    const group = levels.shift() ?? "";
    if (levels.length === 0 || /[+#]/.test(group)) return filter;
  }
  const shared = levels.join("/");
  return isShared(shared) ? shared : undefined;
}
