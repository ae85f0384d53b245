import type * as z from "zod/mini";
import type { SlowSubscriptionLimits } from "../records/slow-subscription.ts";
import { flag, oneOf, positiveInteger, struct } from "./fields.ts";
import { duration, durationMs } from "./unit-fields.ts";

/** What counts as a slow subscription, as it is configured. [emqx_slow_subs_schema] */
export const SlowSubscriptionSettings = struct({
  enable: flag(),
  threshold: duration(),
  expire_interval: duration(),
  top_k_num: positiveInteger(),
  stats_type: oneOf(["whole", "internal", "response"]),
});

export type SlowSubscriptionSettings = z.output<typeof SlowSubscriptionSettings>;

/** What holds until something is configured. */
export const defaultSlowSubscriptionSettings: SlowSubscriptionSettings = {
  enable: false,
  threshold: "500ms",
  expire_interval: "300s",
  top_k_num: 10,
  stats_type: "whole",
};

/** Settings with their times in milliseconds. */
export function limitsOf(settings: SlowSubscriptionSettings): SlowSubscriptionLimits {
  return {
    ...settings,
    threshold: durationMs(settings.threshold),
    expire_interval: durationMs(settings.expire_interval),
  };
}
