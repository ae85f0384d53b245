/** Clients of a run. */
export const ids = ["c1", "c2", "c3"];

/** Topics and filters that the commands use, below the name of a run. */
export const topics = ["a", "a/b", "b"];
export const filters = ["a", "a/b", "a/+", "+", "a/#", "#"];
export const sharedFilters = ["$share/g/#", "$queue/a"];

export const isShared = (filter: string) => /^\$(share|queue)\//.test(filter);

/** The filter behind the name of a group. */
export const topicFilter = (filter: string) => filter.replace(/^(\$share\/[^/]+|\$queue)\//, "");

/** Whether a filter matches a topic, told level by level. [MQTT-4.7.1] */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  for (const [n, level] of wanted.entries()) {
    if (level === "#") return levels.length >= n;
    if (n >= levels.length || (level !== "+" && level !== levels[n])) return false;
  }
  return wanted.length === levels.length;
}
