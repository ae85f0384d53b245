import { serve } from "../../lib/http/serve.ts";
import { isTopicName } from "../../lib/mqtt/topic.ts";
import { topicRewriteDocument as document, type RewriteRule } from "../../lib/records/topic-rewrite.ts";
import { topicRewrite as resource } from "./contract.ts";

/** EMQX says 20, and refuses the twentieth. [emqx_rewrite_api] */
const refusedCount = 20;

export const handler = serve(resource, {
  async listRewriteRules(_, { settings }) {
    return (await settings.read<RewriteRule[]>(document)) ?? [];
  },

  async replaceRewriteRules({ body, fail }, { settings, broker: { topicRewrite } }) {
    if (body.length >= refusedCount) {
      return fail(413, "EXCEED_LIMIT", `Max rewrite rules count is ${refusedCount}`);
    }
    const invalid = body.filter(
      ({ action, dest_topic }) => action !== "subscribe" && !isTopicName(dest_topic),
    );
    if (invalid.length > 0) {
      // EMQX names the last one first.
      const topics = invalid
        .map(({ dest_topic }) => erlangBinary(dest_topic))
        .reverse()
        .join(",");
      return fail(
        400,
        "BAD_REQUEST",
        `Cannot use wildcard for destination topic. Invalid topics: [${topics}]`,
      );
    }
    if (!topicRewrite && body.length > 0) {
      return fail(400, "BAD_REQUEST", "AWS IoT Core cannot rewrite topics; only the embedded broker can");
    }
    await settings.change(document, () => body);
    const rules = (await settings.read<RewriteRule[]>(document)) ?? [];
    topicRewrite?.configure(rules);
    return body;
  },
});

/** A text as Erlang prints it. */
const erlangBinary = (text: string) => (text === "" ? "<<>>" : `<<${JSON.stringify(text)}>>`);
