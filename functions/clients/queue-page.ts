import type { QueuedMessage } from "../../lib/broker/broker.ts";

/** A place between two messages of a queue: behind all that were inserted at that time or before. */
type Place = bigint;

/** How the places of a queue are written, and its rows. `Row` is what a row has beside the message. */
export interface Places<Row> {
  /** `undefined` for what is no position. */
  read(position: string): Place | undefined;
  write(message: QueuedMessage): string;
  row: Row;
}

const beginning: Place = -1n;
const end: Place = 2n ** 128n;

/** Messages are of one priority here. */
const mqueue_priority = 0;

/** `<nanoseconds>_<priority>`; the queue goes from the highest priority to the lowest. */
export const mqueuePlaces: Places<{ mqueue_priority: number }> = {
  read(position) {
    if (position === "none") return beginning;
    const [, time, priority] = /^([+-]?\d+)_([+-]?\d+|infinity)$/.exec(position) ?? [];
    if (time === undefined) return undefined;
    return Number(priority) < mqueue_priority ? end : BigInt(time);
  },
  write: ({ inserted_at }) => `${inserted_at}_${mqueue_priority}`,
  row: { mqueue_priority },
};

/** `<nanoseconds>`. */
export const inflightPlaces: Places<object> = {
  read(position) {
    if (position === "none") return beginning;
    return /^[+-]?\d+$/.test(position) ? BigInt(position) : undefined;
  },
  write: ({ inserted_at }) => inserted_at,
  row: {},
};

export interface QueuePageRequest<Row> {
  /** As it was given; an empty page repeats it. */
  position: string;
  after: Place;
  limit: number;
  payload: "none" | "base64" | "plain";
  /** For the sum of the payloads as they are written. The first message comes whatever its size. */
  max_payload_bytes: number;
  places: Places<Row>;
}

/**
 * A page of a queue. `meta.position` is that of the last message of the page, also where the sizes of the payloads end
 * it: unlike EMQX's, which leaves out what did not fit.
 */
export function queuePage<Row>(
  messages: readonly QueuedMessage[],
  { position, after, limit, payload, max_payload_bytes, places }: QueuePageRequest<Row>,
) {
  const rest = messages.filter(({ inserted_at }) => BigInt(inserted_at) > after).slice(0, limit);
  const page: (Row & ReturnType<typeof rowOf>)[] = [];
  let room = max_payload_bytes;
  for (const message of rest) {
    const row = rowOf(message, payload);
    room -= Buffer.byteLength(row.payload ?? "");
    if (room < 0 && page.length > 0) break;
    page.push({ ...places.row, ...row });
  }
  const [first] = messages;
  const last = rest[page.length - 1];
  return {
    data: page,
    meta: { start: first ? places.write(first) : "none", position: last ? places.write(last) : position },
  };
}

function rowOf({ payload, from_username, ...message }: QueuedMessage, encoding: "none" | "base64" | "plain") {
  return {
    ...message,
    from_username: from_username === null ? "undefined" : (from_username ?? ""),
    ...(encoding === "base64" && { payload: payload.toString("base64") }),
    // [emqx_mgmt_api] bytes that are no UTF-8 are replaced
    ...(encoding === "plain" && { payload: payload.toString() }),
  };
}
