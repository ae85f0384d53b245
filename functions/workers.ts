/** The functions that are not called over HTTP, one line each. */

export { followChanges } from "./follow-changes/worker.ts";
export { ingest } from "./ingest/worker.ts";
export { recount } from "./recount/worker.ts";
export { repair } from "./repair/worker.ts";
