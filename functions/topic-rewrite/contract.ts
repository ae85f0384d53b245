import { oneOf, ruledText, sentList, struct, text } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { expressionProblem } from "../../lib/mqtt/rewrite-topic.ts";

const Rules = sentList(
  struct({
    action: oneOf(["subscribe", "publish", "all"]),
    source_topic: text(),
    dest_topic: text(),
    re: ruledText(expressionProblem),
  }),
);

export const topicRewrite = defineResource({
  name: "topic-rewrite",
  tag: "MQTT",
  operations: {
    listRewriteRules: {
      route: "GET /mqtt/topic_rewrite",
      onIotCore: "always empty",
      summary: "List the rules that change topics",
      answers: { 200: Rules },
      needs: ["settings:read"],
    },
    replaceRewriteRules: {
      route: "PUT /mqtt/topic_rewrite",
      onIotCore: "400 for rules",
      summary: "Replace the rules that change topics",
      description:
        "Of the rules whose source_topic matches, the last one decides. Regular expressions are RE2's: without look-around and back references.",
      body: Rules,
      answers: { 200: Rules },
      errors: { 400: ["BAD_REQUEST"], 413: ["EXCEED_LIMIT"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["settings:write", "broker:features"],
    },
  },
});
