import * as z from "zod/mini";
import { text } from "../../lib/contract/fields.ts";
import { pageOf, pageParameters } from "../../lib/contract/paging.ts";
import { defineResource } from "../../lib/contract/resource.ts";

/** A topic filter in use, and a node that somebody is subscribed to it at. */
const RouteRow = z.strictObject({ topic: z.string(), node: z.string() });

export const topics = defineResource({
  name: "topics",
  tag: "Topics",
  operations: {
    listTopics: {
      route: "GET /topics",
      summary: "List the topic filters in use",
      query: { topic: z.optional(text()), node: z.optional(text()), ...pageParameters },
      answers: { 200: pageOf(RouteRow) },
      errors: { 400: ["BAD_REQUEST", "INVALID_PARAMTER"] },
      needs: ["node", "registry:read"],
    },
    getTopic: {
      route: "GET /topics/{topic}",
      summary: "Describe a topic filter in use",
      params: { topic: text() },
      answers: { 200: z.array(RouteRow) },
      errors: { 400: ["BAD_REQUEST"], 404: ["TOPIC_NOT_FOUND"] },
      needs: ["node", "registry:read"],
    },
  },
});
