import * as z from "zod/mini";
import type { Subscription } from "./session.ts";

/** A subscription as the API shows it. */
export const SubscriptionRow = z.strictObject({
  clientid: z.string(),
  node: z.string(),
  topic: z.string(),
  qos: z.literal([0, 1, 2]),
  nl: z.literal([0, 1]),
  rap: z.literal([0, 1]),
  rh: z.literal([0, 1, 2]),
  durable: z.boolean(),
});

/** A subscription as the API shows it; sessions are never durable in EMQX's sense. */
export function subscriptionRow(subscription: Subscription, node: string): z.output<typeof SubscriptionRow> {
  return { ...subscription, node, durable: false };
}
