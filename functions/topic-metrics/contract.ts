import * as z from "zod/mini";
import { oneOf, sentText, struct, text } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { topicMetricNames } from "../../lib/records/topic-metrics.ts";

const counts = topicMetricNames.map((name) => `${name}.count` as const);
const rates = topicMetricNames.map((name) => `${name}.rate` as const);

const Metrics = z.strictObject({
  topic: z.string(),
  create_time: z.string(),
  metrics: z.record(z.enum([...counts, ...rates]), z.number()),
});

const topic = text();

export const topicMetrics = defineResource({
  name: "topic-metrics",
  tag: "MQTT",
  operations: {
    listTopicMetrics: {
      route: "GET /mqtt/topic_metrics",
      onIotCore: "always empty",
      summary: "List the topics whose messages are counted, with their counts",
      answers: { 200: z.array(Metrics) },
      needs: ["broker:features"],
    },
    addTopicMetrics: {
      route: "POST /mqtt/topic_metrics",
      onIotCore: "400",
      summary: "Count the messages of a topic",
      // Unlike elsewhere, EMQX takes no number here.
      bodyFields: { topic: sentText() },
      answers: { 200: Metrics },
      errors: {
        400: ["BAD_REQUEST", "BAD_TOPIC"],
        409: ["EXCEED_LIMIT"],
        415: ["UNSUPPORTED_MEDIA_TYPE"],
      },
      needs: ["settings:write", "broker:features"],
    },
    resetTopicMetrics: {
      route: "PUT /mqtt/topic_metrics",
      onIotCore: "always empty",
      summary: "Set the counts of one topic, or of all, to zero",
      body: struct({ action: oneOf(["reset"]), topic: z.optional(text()) }),
      answers: { 200: z.union([Metrics, z.array(Metrics)]) },
      errors: { 400: ["BAD_REQUEST"], 404: ["TOPIC_NOT_FOUND"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["broker:features"],
    },
    getTopicMetrics: {
      route: "GET /mqtt/topic_metrics/{topic}",
      onIotCore: "always empty",
      summary: "The counts of a topic",
      params: { topic },
      answers: { 200: Metrics },
      errors: { 404: ["TOPIC_NOT_FOUND"] },
      needs: ["broker:features"],
    },
    removeTopicMetrics: {
      route: "DELETE /mqtt/topic_metrics/{topic}",
      onIotCore: "always empty",
      summary: "Count the messages of a topic no more",
      params: { topic },
      answers: { 204: null },
      errors: { 404: ["TOPIC_NOT_FOUND"] },
      needs: ["settings:write", "broker:features"],
    },
  },
});
