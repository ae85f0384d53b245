import * as z from "zod/mini";
import { anyInteger, flag, struct, text } from "../../lib/contract/fields.ts";
import { pageOf, pageParameters } from "../../lib/contract/paging.ts";
import { defineResource } from "../../lib/contract/resource.ts";

const Settings = z.strictObject({ enable: z.boolean(), max_delayed_messages: z.int() });

const row = {
  msgid: z.string(),
  node: z.string(),
  publish_at: z.string(),
  delayed_interval: z.int(),
  delayed_remaining: z.int(),
  expected_at: z.string(),
  topic: z.string(),
  qos: z.literal([0, 1, 2]),
  from_clientid: z.string(),
  from_username: z.string(),
};

export const delayed = defineResource({
  name: "delayed",
  tag: "Delayed publish",
  operations: {
    getDelayed: {
      route: "GET /mqtt/delayed",
      summary: "Show the settings of delayed publishing",
      answers: { 200: Settings },
      needs: ["settings:read"],
    },
    changeDelayed: {
      route: "PUT /mqtt/delayed",
      onIotCore: "messages of the API only",
      summary: "Change settings of delayed publishing",
      description: "Switching it off removes all messages that are held back.",
      body: struct({ enable: z.optional(flag()), max_delayed_messages: z.optional(anyInteger()) }),
      answers: { 200: Settings },
      errors: { 400: ["BAD_REQUEST"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["settings:write", "delayed:write"],
    },
    listDelayed: {
      route: "GET /mqtt/delayed/messages",
      onIotCore: "messages of the API only",
      summary: "List messages that are held back",
      description: "The one that is due last comes first.",
      query: pageParameters,
      answers: { 200: pageOf(z.strictObject(row)) },
      errors: { 400: ["BAD_REQUEST"] },
      needs: ["delayed:read", "node"],
    },
    getDelayedMessage: {
      route: "GET /mqtt/delayed/messages/{node}/{msgid}",
      summary: "Show a message that is held back",
      params: { node: text(), msgid: text() },
      answers: { 200: z.strictObject({ ...row, payload: z.string() }) },
      errors: {
        400: ["BAD_REQUEST", "INVALID_NODE", "MESSAGE_ID_SCHEMA_ERROR"],
        404: ["MESSAGE_ID_NOT_FOUND"],
      },
      needs: ["delayed:read", "node"],
    },
    removeDelayedMessage: {
      route: "DELETE /mqtt/delayed/messages/{node}/{msgid}",
      summary: "Remove a message that is held back",
      params: { node: text(), msgid: text() },
      answers: { 204: null },
      errors: {
        400: ["BAD_REQUEST", "INVALID_NODE", "MESSAGE_ID_SCHEMA_ERROR"],
        404: ["MESSAGE_ID_NOT_FOUND"],
      },
      needs: ["delayed:write", "node"],
    },
    removeDelayedTopic: {
      route: "DELETE /mqtt/delayed/messages/{topic}",
      summary: "Remove the messages to a topic that are held back",
      params: { topic: text() },
      answers: { 204: null },
      errors: { 400: ["BAD_REQUEST", "INVALID_TOPIC_NAME"], 404: ["MESSAGE_NOT_FOUND"] },
      needs: ["delayed:write"],
    },
  },
});
