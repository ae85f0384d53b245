import * as z from "zod/mini";
import { integer, qos, sentList, struct, text } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";

const bit = () => z._default(integer(0, 1), 0);

const Subscriptions = sentList(
  struct({
    topic: text(),
    qos: z._default(qos(), 0),
    rh: z._default(integer(0, 2), 0),
    rap: bit(),
    nl: bit(),
  }),
);

export const autoSubscribe = defineResource({
  name: "auto-subscribe",
  tag: "MQTT",
  operations: {
    listAutoSubscriptions: {
      route: "GET /mqtt/auto_subscribe",
      onIotCore: "always empty",
      summary: "List what clients are subscribed to when they connect",
      answers: { 200: Subscriptions },
      needs: ["settings:read"],
    },
    replaceAutoSubscriptions: {
      route: "PUT /mqtt/auto_subscribe",
      onIotCore: "400 for entries",
      summary: "Replace what clients are subscribed to when they connect",
      description: "Clients that are connected keep what they have.",
      body: Subscriptions,
      answers: { 200: Subscriptions },
      errors: { 400: ["BAD_REQUEST"], 409: ["EXCEED_LIMIT"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["settings:write", "broker:features"],
    },
  },
});
