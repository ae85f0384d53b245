import * as z from "zod/mini";
import { defineResource } from "../../lib/contract/resource.ts";
import { SlowSubscriptionSettings } from "../../lib/contract/slow-subscription-settings.ts";

const SlowSubscription = z.strictObject({
  clientid: z.string(),
  topic: z.string(),
  node: z.string(),
  timespan: z.int(),
  last_update_time: z.int(),
});

export const slowSubscriptions = defineResource({
  name: "slow-subscriptions",
  tag: "Slow Subscriptions",
  operations: {
    listSlowSubscriptions: {
      route: "GET /slow_subscriptions",
      onIotCore: "always empty",
      summary: "List the subscriptions that messages reach slowly, the slowest first",
      answers: { 200: z.strictObject({ data: z.array(SlowSubscription) }) },
      needs: ["node", "broker:features"],
    },
    clearSlowSubscriptions: {
      route: "DELETE /slow_subscriptions",
      onIotCore: "always empty",
      summary: "Forget the slow subscriptions",
      answers: { 204: null },
      needs: ["broker:features"],
    },
    getSlowSubscriptionSettings: {
      route: "GET /slow_subscriptions/settings",
      onIotCore: "defaults",
      summary: "What counts as a slow subscription",
      answers: { 200: SlowSubscriptionSettings },
      needs: ["settings:read"],
    },
    changeSlowSubscriptionSettings: {
      route: "PUT /slow_subscriptions/settings",
      onIotCore: "400 for every change",
      summary: "Change what counts as a slow subscription",
      description: "What is not given stays as it is.",
      // What does not fit is reported by the operation, in words of its own.
      body: z.union([z.unknown()]),
      documentedBody: z.partial(SlowSubscriptionSettings),
      answers: { 200: SlowSubscriptionSettings },
      errors: { 400: ["BAD_REQUEST"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["settings:write", "broker:features"],
    },
  },
});
