/** A subscription that a group of clients shares: each message goes to one of them. [MQTT-4.8.2] */
export interface SharedFilter {
  group: string;
  /** The topic filter behind the name of the group. */
  filter: string;
}

/** Whether a filter asks to be shared, well-formed or not: `$share/<group>/<filter>`, or EMQX's `$queue/<filter>`. */
export function asksToBeShared(name: string): boolean {
  return /^\$(share|queue)\//.test(name);
}

/** The parts of a shared filter; `undefined` if it is none, or malformed. [MQTT-4.8.2-1, MQTT-4.8.2-2] */
export function sharedFilter(name: string): SharedFilter | undefined {
  const match = /^(?:\$share\/([^/+#]+)|(\$queue))\/(.+)$/s.exec(name);
  const [, shared, queue, filter] = match ?? [];
  const group = shared ?? queue;
  return group === undefined || filter === undefined || asksToBeShared(filter)
    ? undefined
    : { group, filter };
}
