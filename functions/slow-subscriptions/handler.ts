import { isDeepStrictEqual } from "node:util";
import {
  defaultSlowSubscriptionSettings,
  limitsOf,
  SlowSubscriptionSettings,
} from "../../lib/contract/slow-subscription-settings.ts";
import { serve } from "../../lib/http/serve.ts";
import { failureText } from "../../lib/http/validation-failure.ts";
import { slowSubscriptionsDocument as document } from "../../lib/records/slow-subscription.ts";
import { slowSubscriptions as resource } from "./contract.ts";

export const handler = serve(resource, {
  listSlowSubscriptions: (_, { node, broker }) => ({
    data: (broker.slowSubscriptions?.list() ?? []).map((noted) => ({ ...noted, node: node.name })),
  }),

  async clearSlowSubscriptions(_, { broker }): Promise<undefined> {
    broker.slowSubscriptions?.clear();
  },

  getSlowSubscriptionSettings: async (_, { settings }) =>
    (await settings.read<SlowSubscriptionSettings>(document)) ?? defaultSlowSubscriptionSettings,

  async changeSlowSubscriptionSettings({ body, fail }, { settings, broker: { slowSubscriptions } }) {
    const merge = (now: SlowSubscriptionSettings = defaultSlowSubscriptionSettings) => {
      const merged = SlowSubscriptionSettings.safeParse(onto(now, body), { reportInput: true });
      if (merged.success) return merged.data;
      const problem = failureText(merged.error.issues, ["slow_subs"]);
      return fail(400, "BAD_REQUEST", `Update slow subs config failed ${problem}`);
    };
    if (!slowSubscriptions) {
      const merged = merge();
      if (isDeepStrictEqual(merged, defaultSlowSubscriptionSettings)) return merged;
      const limit = "AWS IoT Core does not tell how long deliveries take; only the embedded broker does";
      return fail(400, "BAD_REQUEST", limit);
    }
    const changed = await settings.change(document, merge);
    slowSubscriptions.configure(limitsOf((await settings.read(document)) ?? changed));
    return changed;
  },
});

/** What is given takes the place of what there is; what is no object is left to be reported. */
function onto(now: object, given: unknown): unknown {
  return typeof given === "object" && !Array.isArray(given) ? { ...now, ...given } : given;
}
