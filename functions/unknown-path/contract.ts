import { defineResource } from "../../lib/contract/resource.ts";

/** Answers what no resource answers, as EMQX does. */
export const unknownPath = defineResource({
  name: "unknown-path",
  tag: "Unknown Path",
  catchAll: true,
  operations: {},
});
