import * as z from "zod/mini";
import { text } from "../../lib/contract/fields.ts";
import type { Operation } from "../../lib/contract/resource.ts";

/** A decision on what a client may do, as the API shows it. */
const Decision = z.strictObject({
  access: z.union([
    z.strictObject({ action_type: z.literal("subscribe"), qos: z.literal([0, 1, 2]) }),
    z.strictObject({ action_type: z.literal("publish"), qos: z.literal([0, 1, 2]), retain: z.boolean() }),
  ]),
  topic: z.string(),
  result: z.enum(["allow", "deny"]),
  /** Epoch milliseconds. */
  updated_time: z.int(),
});

const common = {
  params: { clientid: text() },
  errors: { 400: ["BAD_REQUEST"], 404: ["CLIENTID_NOT_FOUND"] },
  needs: ["registry:read"],
} as const;

/** The cache of decisions on what a client may do. */
export const authorizationOperations = {
  listCachedDecisions: {
    route: "GET /clients/{clientid}/authorization/cache",
    onLaptop: "always empty",
    onIotCore: "always empty",
    summary: "List the authorization decisions that are cached for a client",
    description:
      "EMQX caches a decision when a client publishes or subscribes. Here every decision is made anew, so nothing is cached and the list is empty.",
    ...common,
    answers: { 200: z.array(Decision) },
  },
  clearCachedDecisions: {
    route: "DELETE /clients/{clientid}/authorization/cache",
    onLaptop: "always empty",
    onIotCore: "always empty",
    summary: "Forget the authorization decisions that are cached for a client",
    description: "Nothing is cached, so there is nothing to forget.",
    ...common,
    answers: { 204: null },
  },
} as const satisfies Record<string, Operation>;
