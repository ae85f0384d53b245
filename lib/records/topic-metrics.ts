/** Name of the document with the topics; their counts are the broker's, and begin anew with it. */
export const topicMetricsDocument = "topic_metrics";

/** What is counted of a topic's messages, in EMQX's names: a count and a rate of each. [emqx_topic_metrics] */
export const topicMetricNames = [
  "messages.in",
  "messages.out",
  "messages.qos0.in",
  "messages.qos0.out",
  "messages.qos1.in",
  "messages.qos1.out",
  "messages.qos2.in",
  "messages.qos2.out",
  "messages.dropped",
] as const;

export type TopicMetricName = (typeof topicMetricNames)[number];

/** How many messages a topic has had, and how many it has now. */
export interface TopicMetrics {
  topic: string;
  /** Since when they are counted, in epoch milliseconds. */
  create_time: number;
  /** Messages since then, and messages per second. */
  metrics: Record<`${TopicMetricName}.${"count" | "rate"}`, number>;
}
