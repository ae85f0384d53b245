/** The functions that are not called over HTTP, one line each. */

export { bootstrap } from "./bootstrap/worker.ts";
export { deliverDelayed } from "./deliver-delayed/worker.ts";
export { followChanges } from "./follow-changes/worker.ts";
export { ingest } from "./ingest/worker.ts";
export { planDelayed } from "./plan-delayed/worker.ts";
export { recount } from "./recount/worker.ts";
export { repair } from "./repair/worker.ts";
