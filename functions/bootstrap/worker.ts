import { defineWorker } from "../../lib/contract/worker.ts";

/** Brings API keys in at each deployment, so that there is a first one. */
export const bootstrap = defineWorker({
  name: "bootstrap",
  summary: "API keys from a secret, at each deployment",
  trigger: "deployment",
  needs: ["keys:write", "bootstrap-secret"],
});
