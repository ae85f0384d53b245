import * as z from "zod/mini";
import {
  anyInteger,
  flag,
  integer,
  list,
  oneOf,
  qos,
  struct,
  text,
  textMap,
} from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";

const Properties = struct({
  payload_format_indicator: z.optional(integer(0, 1)),
  message_expiry_interval: z.optional(anyInteger()),
  response_topic: z.optional(text()),
  correlation_data: z.optional(text()),
  user_properties: z.optional(textMap()),
  content_type: z.optional(text()),
});

const PublishRequest = struct({
  topic: text(),
  qos: z._default(qos(), 0),
  /** Deprecated in EMQX: accepted and ignored. */
  clientid: z.optional(text()),
  payload: text(),
  payload_encoding: z._default(oneOf(["plain", "base64"]), "plain"),
  properties: z.optional(Properties),
  retain: z._default(flag(), false),
});

const Published = z.strictObject({ id: z.string() });
const NotPublished = z.strictObject({ reason_code: z.int(), message: z.string() });

export type PublishRequest = z.output<typeof PublishRequest>;
export type Published = z.output<typeof Published>;
export type NotPublished = z.output<typeof NotPublished>;

export const publish = defineResource({
  name: "publish",
  tag: "Publish",
  operations: {
    publishMessage: {
      route: "POST /publish",
      onIotCore: "QoS 0 and 1; QoS 2 is refused, or sent as 1 if the environment says so",
      summary: "Publish a message",
      description: "202 tells that nobody subscribes to the topic.",
      roles: ["administrator", "publisher"],
      audited: false,
      body: PublishRequest,
      answers: { 200: Published, 202: NotPublished, 400: NotPublished, 503: NotPublished },
      errors: { 400: ["BAD_REQUEST"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["broker:publish", "registry:read", "delayed:hold"],
    },
    publishMessages: {
      route: "POST /publish/bulk",
      onIotCore: "QoS 0 and 1; QoS 2 is refused, or sent as 1 if the environment says so",
      summary: "Publish several messages",
      description: "Nothing is published if one of the messages is not valid.",
      roles: ["administrator", "publisher"],
      audited: false,
      body: list(PublishRequest),
      answers: {
        200: z.array(Published),
        202: z.array(z.union([Published, NotPublished])),
        400: NotPublished,
        503: z.array(z.union([Published, NotPublished])),
      },
      errors: { 400: ["BAD_REQUEST"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["broker:publish", "registry:read", "delayed:hold"],
    },
  },
});
