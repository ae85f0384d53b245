/** A filter as lists name it: the topic that it is about, and the group whose members share its messages. */
export interface NamedFilter {
  topic: string;
  /** `$queue` for `$queue/t`; absent for a filter that is not shared. */
  group?: string;
}

/** Reads `$share/<group>/<topic>` and `$queue/<topic>`; any other filter is about itself. [emqx_topic] */
export function namedFilter(filter: string): NamedFilter {
  if (filter.startsWith(queue)) return { group: "$queue", topic: filter.slice(queue.length) };
  const [, group, topic] = /^\$share\/([^/]*)\/(.*)$/s.exec(filter) ?? [];
  return group === undefined || topic === undefined ? { topic: filter } : { group, topic };
}

/** A subscription that a group of clients shares: each message goes to one of them. [MQTT-4.8.2] */
export interface SharedFilter {
  group: string;
  /** The topic filter behind the name of the group. */
  filter: string;
}

/** The parts of a shared filter; `undefined` if it is none, or malformed. [MQTT-4.8.2-1, MQTT-4.8.2-2] */
export function sharedFilter(name: string): SharedFilter | undefined {
  const { group, topic: filter } = namedFilter(name);
  return group && filter && misusedPrefix(name) === undefined ? { group, filter } : undefined;
}

/**
 * The part of a filter that misuses `$share`, `$queue` or `$exclusive`: without group or topic, or one in another.
 * `undefined` if there is none. [emqx_topic]
 */
export function misusedPrefix(filter: string): string | undefined {
  if (filter === exclusive) return filter;
  if (!isShared(filter)) return undefined;
  const { group, topic } = namedFilter(filter);
  if (group === undefined || /[+#]/.test(group)) return filter;
  return isShared(topic) ? topic : undefined;
}

/** Whether a filter asks to be shared, well-formed or not. */
export const isShared = (filter: string) => filter.startsWith("$share/") || filter.startsWith(queue);

/** `t` of `$exclusive/t`; another filter is returned as it is. [emqx_topic] */
export const withoutExclusive = (filter: string) =>
  filter.startsWith(exclusive) ? filter.slice(exclusive.length) : filter;

const queue = "$queue/";
const exclusive = "$exclusive/";
