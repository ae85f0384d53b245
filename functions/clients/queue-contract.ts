import * as z from "zod/mini";
import { integer, oneOf, text } from "../../lib/contract/fields.ts";
import type { Operation } from "../../lib/contract/resource.ts";
import { positiveByteSize } from "../../lib/contract/unit-fields.ts";

const params = { clientid: text() };

/** In the order in which EMQX checks them. */
const query = {
  payload: z._default(oneOf(["none", "base64", "plain"]), "base64"),
  max_payload_bytes: z._default(positiveByteSize(), 1_048_576),
  position: z._default(text(), "none"),
  limit: z._default(integer(1, 10_000), 100),
};

const InflightMessage = z.strictObject({
  msgid: z.string(),
  topic: z.string(),
  qos: z.literal([0, 1, 2]),
  publish_at: z.int(),
  from_clientid: z.string(),
  from_username: z.string(),
  /** Epoch nanoseconds. */
  inserted_at: z.string(),
  payload: z.optional(z.string()),
});

const MqueueMessage = z.extend(InflightMessage, { mqueue_priority: z.int() });

const pageOf = <Row extends z.ZodMiniType>(row: Row) =>
  z.strictObject({ data: z.array(row), meta: z.strictObject({ start: z.string(), position: z.string() }) });

const errors = {
  400: ["BAD_REQUEST", "INVALID_PARAMETER"],
  404: ["CLIENTID_NOT_FOUND"],
  501: ["NOT_IMPLEMENTED"],
} as const;

const description =
  "`position` is where to go on: the one in `meta`, or `none`. Not on AWS IoT Core, which shows nobody these messages: there it is a 501.";

/** Messages on their way to a client. */
export const queueOperations = {
  listMqueueMessages: {
    route: "GET /clients/{clientid}/mqueue_messages",
    onIotCore: "501",
    summary: "List the messages that wait for a client",
    description,
    params,
    query,
    answers: { 200: pageOf(MqueueMessage) },
    errors,
    needs: ["registry:read", "broker:queues"],
  },
  listInflightMessages: {
    route: "GET /clients/{clientid}/inflight_messages",
    onIotCore: "501",
    summary: "List the messages that were sent to a client and are not acknowledged",
    description,
    params,
    query,
    answers: { 200: pageOf(InflightMessage) },
    errors,
    needs: ["registry:read", "broker:queues"],
  },
} as const satisfies Record<string, Operation>;
