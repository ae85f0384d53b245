import type { EmbeddedBroker } from "../../lib/broker/embedded/broker.ts";
import { limitsOf, type SlowSubscriptionSettings } from "../../lib/contract/slow-subscription-settings.ts";
import { type AutoSubscription, autoSubscribeDocument } from "../../lib/records/auto-subscription.ts";
import {
  type RetainerSettings,
  retainerDocument,
  retainerRules,
} from "../../lib/records/retainer-settings.ts";
import { slowSubscriptionsDocument } from "../../lib/records/slow-subscription.ts";
import { topicMetricsDocument } from "../../lib/records/topic-metrics.ts";
import { type RewriteRule, topicRewriteDocument } from "../../lib/records/topic-rewrite.ts";
import type { Settings } from "../../lib/store/settings.ts";

/** What the broker does with each document of settings that was ever written, by the name of the document. */
const configure: Readonly<Record<string, (broker: EmbeddedBroker, document: never) => void>> = {
  [retainerDocument]: ({ retainer }, settings: Partial<RetainerSettings>) =>
    retainer.configure(retainerRules(settings)),
  [topicRewriteDocument]: ({ topicRewrite }, rules: RewriteRule[]) => topicRewrite.configure(rules),
  [autoSubscribeDocument]: ({ autoSubscribe }, subscriptions: AutoSubscription[]) =>
    autoSubscribe.configure(subscriptions),
  [topicMetricsDocument]: ({ topicMetrics }, topics: string[]) => {
    for (const topic of topics) topicMetrics.add(topic);
  },
  [slowSubscriptionsDocument]: ({ slowSubscriptions }, settings: SlowSubscriptionSettings) =>
    slowSubscriptions.configure(limitsOf(settings)),
};

/** Makes the broker, when it starts, do what the API was told before. */
export async function configureBroker(
  broker: EmbeddedBroker,
  settings: Pick<Settings, "read">,
): Promise<void> {
  for (const [name, apply] of Object.entries(configure)) {
    const document = await settings.read<never>(name);
    if (document !== undefined) apply(broker, document);
  }
}
