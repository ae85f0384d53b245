import * as z from "zod/mini";
import { flag, qos, text } from "../../lib/contract/fields.ts";
import { pageOf, pageParameters } from "../../lib/contract/paging.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { SubscriptionRow } from "../../lib/records/subscription-row.ts";

export const subscriptions = defineResource({
  name: "subscriptions",
  tag: "Subscriptions",
  operations: {
    listSubscriptions: {
      route: "GET /subscriptions",
      onIotCore: "`nl`, `rap`, `rh` are 0",
      summary: "List the subscriptions of all clients",
      query: {
        ...pageParameters,
        node: z.optional(text()),
        clientid: z.optional(text()),
        qos: z.optional(qos()),
        topic: z.optional(text()),
        match_topic: z.optional(text()),
        share_group: z.optional(text()),
        durable: z.optional(flag()),
      },
      answers: { 200: pageOf(SubscriptionRow) },
      errors: { 400: ["BAD_REQUEST", "INVALID_PARAMETER"], 500: ["NODE_DOWN"] },
      needs: ["node", "registry:read"],
    },
  },
});
