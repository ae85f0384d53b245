import { defineWorker } from "../../lib/contract/worker.ts";

/** Finds clients whose events never came, and those that are banned and still connected. */
export const repair = defineWorker({
  name: "repair",
  summary: "Compare the registry with the broker, and correct it",
  trigger: { everyMinutes: 5 },
  needs: ["registry:ingest", "broker:inspect", "bans:check", "broker:kick", "fleet"],
});
