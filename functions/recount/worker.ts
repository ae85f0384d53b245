import { defineWorker } from "../../lib/contract/worker.ts";

/** Finds counts that are wrong, whatever the reason. */
export const recount = defineWorker({
  name: "recount",
  summary: "Compare the counts with the registry, and correct them",
  trigger: { everyMinutes: 720 },
  needs: ["registry:follow"],
});
