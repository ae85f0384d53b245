import { defineWorker } from "../../lib/contract/worker.ts";

/** Brings API keys and the first dashboard user in at each deployment. */
export const bootstrap = defineWorker({
  name: "bootstrap",
  summary: "API keys and the first dashboard user from secrets, at each deployment",
  trigger: "deployment",
  needs: ["keys:write", "users:write", "bootstrap-secret"],
});
