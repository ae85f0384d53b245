import { defineWorker } from "../../lib/contract/worker.ts";

/** Brings what the broker reports into the registry. */
export const ingest = defineWorker({
  name: "ingest",
  summary: "Lifecycle events into the registry",
  trigger: "lifecycle-events",
  needs: ["registry:ingest", "broker:inspect", "bans:check", "broker:kick", "dead-letters"],
});
