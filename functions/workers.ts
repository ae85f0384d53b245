/** The functions that are not called over HTTP, one line each. */

export { bootstrap } from "./bootstrap/worker.ts";
export { followChanges } from "./follow-changes/worker.ts";
export { ingest } from "./ingest/worker.ts";
export { recount } from "./recount/worker.ts";
export { repair } from "./repair/worker.ts";
