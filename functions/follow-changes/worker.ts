import { defineWorker } from "../../lib/contract/worker.ts";

/** Keeps what is derived from sessions and subscriptions. */
export const followChanges = defineWorker({
  name: "follow-changes",
  summary: "Counts, topic filters and ends of sessions, from the registry's changes",
  trigger: "registry-changes",
  needs: ["registry:follow"],
});
