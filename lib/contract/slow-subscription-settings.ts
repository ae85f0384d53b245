import type * as z from "zod/mini";
import type { SlowSubscriptionLimits } from "../records/slow-subscription.ts";
import { toMilliseconds } from "../records/units.ts";
import { flag, oneOf, positiveInteger, struct } from "./fields.ts";
import { duration } from "./unit-fields.ts";

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
    threshold: toMilliseconds(settings.threshold) ?? 0,
    expire_interval: toMilliseconds(settings.expire_interval) ?? 0,
  };
}
