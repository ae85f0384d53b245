import * as z from "zod/mini";
import { integer, integerWithin, list, qos, struct, text } from "../../lib/contract/fields.ts";
import type { Operation } from "../../lib/contract/resource.ts";
import { SubscriptionRow } from "../../lib/records/subscription-row.ts";
import { Client } from "./schemas.ts";

const params = { clientid: text() };

const errors = {
  400: ["BAD_REQUEST"],
  404: ["CLIENTID_NOT_FOUND"],
  415: ["UNSUPPORTED_MEDIA_TYPE"],
} as const;

/** MQTT has no other values; EMQX takes any number, and has no use for it. [MQTT-3.8.3.1] */
const twoWay = () => z._default(z.pipe(integerWithin(0, 1), z.literal([0, 1])), 0);
const threeWay = () => z._default(z.pipe(integerWithin(0, 2), z.literal([0, 1, 2])), 0);

const NewSubscription = struct({
  topic: text(),
  qos: z._default(qos(), 0),
  nl: twoWay(),
  rap: twoWay(),
  rh: threeWay(),
});

/** A subscription as it was asked for. */
const Requested = z.omit(SubscriptionRow, { durable: true });

const notSubscribed = z.strictObject({
  data: z.tuple([
    z.string(),
    z.string(),
    z.pick(SubscriptionRow, { qos: true, nl: true, rap: true, rh: true }),
  ]),
  reason: z.string(),
});

const SubscribeReport = z.strictObject({ succeed: z.array(Requested), failed: z.array(notSubscribed) });

export type NewSubscription = z.output<typeof NewSubscription>;
export type SubscribeReport = z.output<typeof SubscribeReport>;

/** What is done to a client's session in the client's place. */
export const controlOperations = {
  subscribeClient: {
    route: "POST /clients/{clientid}/subscribe",
    onIotCore: "400",
    summary: "Subscribe a client",
    description: "Not on AWS IoT Core, where only the client itself subscribes: there it is a 400.",
    params,
    body: NewSubscription,
    answers: { 200: Requested },
    errors: { ...errors, 400: ["BAD_REQUEST", "INVALID_PARAMETER"], 500: ["UNKNOWN_ERROR"] },
    needs: ["node", "registry:read", "broker:control"],
  },
  subscribeClientInBulk: {
    route: "POST /clients/{clientid}/subscribe/bulk",
    onIotCore: "400",
    summary: "Subscribe a client to several topic filters",
    description: "If some fail, the answer is an object that tells which. Not on AWS IoT Core.",
    params,
    body: list(NewSubscription),
    answers: { 200: z.union([z.array(Requested), SubscribeReport]) },
    errors,
    needs: ["node", "registry:read", "broker:control"],
  },
  unsubscribeClient: {
    route: "POST /clients/{clientid}/unsubscribe",
    onIotCore: "400",
    summary: "Unsubscribe a client",
    description: "Not on AWS IoT Core, where only the client itself unsubscribes: there it is a 400.",
    params,
    body: struct({ topic: text() }),
    answers: { 204: null },
    errors,
    needs: ["registry:read", "broker:control"],
  },
  unsubscribeClientInBulk: {
    route: "POST /clients/{clientid}/unsubscribe/bulk",
    onIotCore: "400",
    summary: "Unsubscribe a client from several topic filters",
    description: "An element without topic, or with a malformed one, is passed over. Not on AWS IoT Core.",
    params,
    body: list(struct({ topic: z.optional(text()) })),
    answers: { 204: null },
    errors,
    needs: ["registry:read", "broker:control"],
  },
  setKeepalive: {
    route: "PUT /clients/{clientid}/keepalive",
    onIotCore: "400",
    summary: "Change how long a client may be silent, in seconds; 0 means for ever",
    description: "Holds until the client connects again. Not on AWS IoT Core.",
    params,
    body: struct({ interval: z.optional(integer(0, 65_535)) }),
    answers: { 200: Client },
    errors,
    needs: ["node", "registry:read", "registry:write", "broker:control", "broker:statistics"],
  },
} as const satisfies Record<string, Operation>;
