import { defineWorker } from "../../lib/contract/worker.ts";

/** Queues delayed messages in time; three runs fall into the time that a message timer lasts. */
export const planDelayed = defineWorker({
  name: "plan-delayed",
  summary: "Queue delayed messages that are due soon",
  trigger: { everyMinutes: 5 },
  needs: ["delayed:plan"],
});
