import { defineWorker } from "../../lib/contract/worker.ts";

/** Publishes messages that were held back. */
export const deliverDelayed = defineWorker({
  name: "deliver-delayed",
  summary: "Publish delayed messages that are due",
  trigger: "delayed-messages",
  needs: ["delayed:deliver", "bans:check", "broker:publish"],
});
