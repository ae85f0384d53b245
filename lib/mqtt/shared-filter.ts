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

/** Whether a filter begins like a shared or exclusive one and is none. [emqx_topic] */
export function isMalformed(filter: string): boolean {
  if (filter === exclusive) return true;
  if (!isShared(filter)) return false;
  const { group, topic } = namedFilter(filter);
  return group === undefined || /[+#]/.test(group) || isShared(topic);
}

/** Whether a filter begins like a shared one. */
export const isShared = (filter: string) => filter.startsWith("$share/") || filter.startsWith(queue);

/** `t` of `$exclusive/t`; another filter is returned as it is. [emqx_topic] */
export const withoutExclusive = (filter: string) =>
  filter.startsWith(exclusive) ? filter.slice(exclusive.length) : filter;

const queue = "$queue/";
const exclusive = "$exclusive/";
