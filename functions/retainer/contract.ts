import * as z from "zod/mini";
import { flag, integer, oneOf, struct, text } from "../../lib/contract/fields.ts";
import { pageOf, pageParameters } from "../../lib/contract/paging.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { byteSize, duration, durationOr, rate } from "../../lib/contract/unit-fields.ts";
import { indexSpecs, only } from "./backend-fields.ts";

const Backend = struct({
  type: z.optional(only("built_in_database")),
  storage_type: z.optional(oneOf(["ram", "disc"])),
  max_retained_messages: z.optional(integer(0, Number.MAX_SAFE_INTEGER, "non_neg_integer()")),
  index_specs: z.optional(indexSpecs()),
  enable: z.optional(flag()),
});

const Changes = struct({
  enable: z.optional(flag()),
  msg_expiry_interval: z.optional(duration()),
  msg_expiry_interval_override: z.optional(durationOr("disabled", "root.msg_expiry_interval_override")),
  allow_never_expire: z.optional(flag()),
  msg_clear_interval: z.optional(duration("timeout_duration_ms")),
  msg_clear_limit: z.optional(integer(1, Number.MAX_SAFE_INTEGER, "pos_integer()")),
  max_payload_size: z.optional(byteSize()),
  stop_publish_clear_msg: z.optional(flag()),
  delivery_rate: z.optional(rate()),
  /** An older name of `delivery_rate`. */
  deliver_rate: z.optional(rate()),
  max_publish_rate: z.optional(rate()),
  backend: z.optional(Backend),
});

const textOrNumber = z.union([z.string(), z.number()]);

const Settings = z.strictObject({
  enable: z.boolean(),
  msg_expiry_interval: textOrNumber,
  msg_expiry_interval_override: textOrNumber,
  allow_never_expire: z.boolean(),
  msg_clear_interval: textOrNumber,
  msg_clear_limit: z.optional(z.int()),
  max_payload_size: textOrNumber,
  stop_publish_clear_msg: z.boolean(),
  delivery_rate: textOrNumber,
  max_publish_rate: textOrNumber,
  backend: z.strictObject({
    type: z.optional(z.literal("built_in_database")),
    storage_type: z.optional(z.enum(["ram", "disc"])),
    max_retained_messages: z.optional(z.int()),
    index_specs: z.optional(z.array(z.array(z.int()))),
    enable: z.optional(z.boolean()),
  }),
});

const row = {
  msgid: z.string(),
  topic: z.string(),
  qos: z.literal([0, 1, 2]),
  publish_at: z.string(),
  from_clientid: z.string(),
  from_username: z.string(),
};

export type Changes = z.output<typeof Changes>;

export const retainer = defineResource({
  name: "retainer",
  tag: "Retainer",
  operations: {
    getRetainer: {
      route: "GET /mqtt/retainer",
      onIotCore: "AWS's own settings",
      summary: "Show the settings of the retainer",
      answers: { 200: Settings },
      needs: ["settings:read", "broker:configure"],
    },
    changeRetainer: {
      route: "PUT /mqtt/retainer",
      onIotCore: "400 for every change",
      summary: "Change settings of the retainer",
      description: "Fields that are left out keep their value; `backend` is replaced as a whole.",
      body: Changes,
      answers: { 200: Settings },
      errors: { 400: ["BAD_REQUEST", "UPDATE_FAILED"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["settings:write", "broker:configure"],
    },
    listRetained: {
      route: "GET /mqtt/retainer/messages",
      onIotCore: "no publisher known",
      summary: "List retained messages",
      description: "In the order of publishing; `topic` may be a filter with wildcards.",
      query: { topic: z.optional(text()), ...pageParameters },
      answers: { 200: pageOf(z.strictObject(row)) },
      errors: { 400: ["BAD_REQUEST"] },
      needs: ["broker:retained"],
    },
    discardAllRetained: {
      route: "DELETE /mqtt/retainer/messages",
      onIotCore: "subscribers get the empty message",
      summary: "Remove all retained messages",
      answers: { 204: null },
      needs: ["broker:retained", "broker:discard-retained"],
    },
    getRetained: {
      route: "GET /mqtt/retainer/message/{topic}",
      onIotCore: "no publisher known",
      summary: "Show the oldest retained message of a topic or filter",
      params: { topic: text() },
      answers: { 200: z.strictObject({ ...row, payload: z.optional(z.string()) }) },
      errors: { 400: ["BAD_REQUEST"], 404: ["NOT_FOUND"] },
      needs: ["broker:retained"],
    },
    discardRetained: {
      route: "DELETE /mqtt/retainer/message/{topic}",
      onIotCore: "subscribers get the empty message",
      summary: "Remove the retained messages of a topic or filter",
      params: { topic: text() },
      answers: { 204: null },
      errors: { 400: ["BAD_REQUEST"], 404: ["NOT_FOUND"] },
      needs: ["broker:retained", "broker:discard-retained"],
    },
  },
});
