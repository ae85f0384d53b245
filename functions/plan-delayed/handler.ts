import { queueDue } from "../../lib/delayed/delay-queue.ts";
import { work } from "../../lib/deps/work.ts";
import { log } from "../../lib/log.ts";
import { planDelayed } from "./worker.ts";

/** Queues what is due within the next quarter of an hour, and corrects the number of delayed messages. */
export const handler = work(planDelayed, async (_: unknown, { delayed, delayQueue }): Promise<void> => {
  const queued = await queueDue(delayed, delayQueue);
  log("info", "planned", { queued, countWasOffBy: await delayed.recount() });
});
