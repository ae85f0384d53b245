import { setTimeout as sleep } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { DueMessage } from "../../lib/delayed/delay-queue.ts";
import { deliver } from "../../lib/delayed/deliver.ts";
import type { DepsFor } from "../../lib/deps/types.ts";
import { work } from "../../lib/deps/work.ts";
import { log } from "../../lib/log.ts";
import { deliverDelayed } from "./worker.ts";

type DeliveryDeps = DepsFor<(typeof deliverDelayed.needs)[number]>;

/** Message timers count whole seconds, so a message comes up to this much early, in milliseconds. */
const longestWait = 1_000;

/** Publishes the messages of a batch, each when it is due. What fails is delivered again. */
export const handler = work(
  deliverDelayed,
  async ({ Records }: SQSEvent, deps): Promise<SQSBatchResponse> => {
    const outcomes = await Promise.all(Records.map((record) => deliverOne(record, deps)));
    const failed = Records.filter((_, n) => !outcomes[n]);
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  },
);

/** Returns whether there is nothing left to do. */
async function deliverOne({ messageId, body }: SQSRecord, deps: DeliveryDeps): Promise<boolean> {
  try {
    const { msgid, expected_at } = JSON.parse(body) as DueMessage;
    await sleep(Math.min(Math.max(expected_at - Date.now(), 0), longestWait));
    const outcome = await deliver(msgid, deps);
    log("info", "a delayed message is due", { msgid, outcome, late: Date.now() - expected_at });
    return true;
  } catch (error) {
    log("error", "a delayed message was not published, and comes again", { messageId, error });
    return false;
  }
}
