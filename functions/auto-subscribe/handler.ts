import { serve } from "../../lib/http/serve.ts";
import {
  type AutoSubscription,
  autoSubscribeDocument as document,
} from "../../lib/records/auto-subscription.ts";
import { autoSubscribe as resource } from "./contract.ts";

const maxCount = 20;

export const handler = serve(resource, {
  async listAutoSubscriptions(_, { settings }) {
    return (await settings.read<AutoSubscription[]>(document)) ?? [];
  },

  async replaceAutoSubscriptions({ body, fail }, { settings, broker: { autoSubscribe } }) {
    if (body.length > maxCount) {
      // Two blanks, as EMQX writes it. [emqx_auto_subscribe_api]
      return fail(409, "EXCEED_LIMIT", `Max auto subscribe topic count is  ${maxCount}`);
    }
    if (!autoSubscribe && body.length > 0) {
      return fail(400, "BAD_REQUEST", "AWS IoT Core cannot subscribe clients; only the embedded broker can");
    }
    await settings.change(document, () => body);
    autoSubscribe?.configure((await settings.read<AutoSubscription[]>(document)) ?? []);
    return body;
  },
});
