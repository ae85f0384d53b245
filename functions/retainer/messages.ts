import type { RetainedTopic } from "../../lib/broker/broker.ts";
import type { DepsFor } from "../../lib/deps/types.ts";
import { covers } from "../../lib/mqtt/filter-cover.ts";
import { rfc3339 } from "../../lib/records/time.ts";

type Reading = DepsFor<"broker:retained">;

/** Largest payload that is shown, in bytes. [emqx_retainer_api] */
const maxPayloadShown = 1_048_576;

/**
 * The retained messages under a filter, or all, that have not expired; the oldest first. No payload is read for a
 * filter with wildcards.
 */
export async function rowsUnder({ broker }: Reading, filter?: string): Promise<RetainedTopic[]> {
  if (filter === "") return [];
  if (filter !== undefined && !/[+#]/.test(filter)) {
    const found = await broker.retained(filter);
    return found ? [found] : [];
  }
  return oldestFirst(await allRows({ broker }), filter);
}

/** Whatever the broker lists, expired messages included. */
export function allRows({ broker }: Reading): Promise<RetainedTopic[]> {
  return Array.fromAsync(broker.retainedTopics());
}

/** The rows under a filter that have not expired, in the order of publishing. */
export function oldestFirst(rows: readonly RetainedTopic[], filter?: string): RetainedTopic[] {
  const now = Date.now();
  return rows
    .filter(({ topic, expires_at = Number.POSITIVE_INFINITY }) => {
      return expires_at > now && (filter === undefined || covers(filter, topic));
    })
    .sort((a, b) => a.publish_at - b.publish_at || (a.msgid < b.msgid ? -1 : 1));
}

/** A row as EMQX shows it. */
export function view({ msgid, topic, qos, publish_at, from_clientid, from_username = "" }: RetainedTopic) {
  return {
    ...{ msgid, topic, qos, from_clientid },
    publish_at: rfc3339(publish_at),
    from_username: from_username ?? "undefined",
  };
}

/** The payload as EMQX shows it; left out if it is large. */
export function payloadView(payload: Buffer): { payload?: string } {
  return payload.length > maxPayloadShown ? {} : { payload: payload.toString("base64") };
}
