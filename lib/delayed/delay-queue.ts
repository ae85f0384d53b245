import type { DelayedMessages } from "../store/delayed-messages.ts";

/** How far ahead a message is queued, in milliseconds: as long as a message timer of SQS lasts. */
export const queueHorizon = 900_000;

/** A message that is held back, as it waits in the queue. */
export interface DueMessage {
  msgid: string;
  /** Epoch milliseconds. */
  expected_at: number;
}

/** A queue that gives a message out when it is due. */
export interface DelayQueue {
  /** Queues a message that is due within the horizon. */
  push(due: DueMessage): Promise<void>;
}

/** Queues what will be due soon and is not queued yet. Returns how many messages that were. */
export async function queueDue(
  delayed: Pick<DelayedMessages, "dueBy" | "markQueued">,
  queue: DelayQueue,
): Promise<number> {
  let queued = 0;
  for await (const row of delayed.dueBy(Date.now() + queueHorizon, { waiting: true })) {
    await queue.push({ msgid: row.msgid, expected_at: row.expected_at });
    await delayed.markQueued(row);
    queued += 1;
  }
  return queued;
}
