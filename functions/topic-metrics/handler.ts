import type { TopicMeasuring } from "../../lib/broker/broker.ts";
import { serve } from "../../lib/http/serve.ts";
import { rfc3339Seconds } from "../../lib/records/time.ts";
import { topicMetricsDocument as document, type TopicMetrics } from "../../lib/records/topic-metrics.ts";
import { topicMetrics as resource } from "./contract.ts";

const maxCount = 512;

const unknown = [404, "TOPIC_NOT_FOUND", "Topic not found"] as const;

export const handler = serve(resource, {
  listTopicMetrics: (_, { broker }) => all(broker.topicMetrics),

  async addTopicMetrics({ body: { topic }, fail }, { settings, broker: { topicMetrics } }) {
    if (topic === "") return fail(400, "BAD_REQUEST", "Topic can not be empty");
    if (/[+#]/.test(topic)) return fail(400, "BAD_TOPIC", "Wildcard topic is not supported");
    if (!topicMetrics) {
      return fail(
        400,
        "BAD_REQUEST",
        "AWS IoT Core counts no messages by topic; only the embedded broker does",
      );
    }
    await settings.change<string[]>(document, (topics = []) => {
      if (topics.includes(topic)) return topics;
      if (topics.length >= maxCount) {
        return fail(409, "EXCEED_LIMIT", `Max topic metrics count is ${maxCount}`);
      }
      return [...topics, topic];
    });
    // A call that failed half-way may have left it in one of the two. Lists show what the broker counts.
    if (topicMetrics.get(topic)) return fail(400, "BAD_TOPIC", "Topic already registered");
    return view(topicMetrics.add(topic));
  },

  resetTopicMetrics({ body: { topic }, fail }, { broker: { topicMetrics } }) {
    if (topic === undefined) {
      for (const { topic } of topicMetrics?.all() ?? []) topicMetrics?.reset(topic);
      return all(topicMetrics);
    }
    const metrics = topicMetrics?.reset(topic);
    return metrics ? view(metrics) : fail(...unknown);
  },

  getTopicMetrics({ params: { topic }, fail }, { broker }) {
    const metrics = broker.topicMetrics?.get(topic);
    return metrics ? view(metrics) : fail(...unknown);
  },

  async removeTopicMetrics({ params: { topic }, fail }, { settings, broker: { topicMetrics } }) {
    if (!topicMetrics) return fail(...unknown);
    await settings.change<string[]>(document, (topics = []) =>
      topics.includes(topic) ? topics.filter((other) => other !== topic) : topics,
    );
    if (!topicMetrics.remove(topic)) return fail(...unknown);
  },
});

const all = (measured: TopicMeasuring | undefined) => (measured?.all() ?? []).map(view);

const view = ({ topic, create_time, metrics }: TopicMetrics) => ({
  topic,
  create_time: rfc3339Seconds(Math.floor(create_time / 1000)),
  metrics,
});
