/** Name of the document with the settings. */
export const slowSubscriptionsDocument = "slow_subscriptions";

/** A subscriber that a topic's messages reach slowly. [emqx_slow_subs] */
export interface SlowSubscription {
  clientid: string;
  topic: string;
  /** The longest time seen, in milliseconds. */
  timespan: number;
  /** When it was seen, in epoch milliseconds. */
  last_update_time: number;
}

/** What counts as slow. Times are milliseconds. */
export interface SlowSubscriptionLimits {
  enable: boolean;
  /** Only longer times are noted. */
  threshold: number;
  /** For how long a note is kept that is not renewed. */
  expire_interval: number;
  /** How many subscriptions are noted, the slowest ones. */
  top_k_num: number;
  /** Receipt to completion, receipt to delivery, or delivery to completion of a message. */
  stats_type: "whole" | "internal" | "response";
}
