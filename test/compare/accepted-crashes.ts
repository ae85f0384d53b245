import type { Accepted } from "./accepted.ts";

/** A request on which EMQX fails with 500, and what is answered here. */
interface Crash {
  reason: string;
  /** The operation, as `METHOD /path`. */
  at: RegExp;
  /** Whether the body is a JSON object; left out where it does not matter. */
  isObject?: boolean;
  /** Our status and code. */
  answer: RegExp;
}

const table: readonly Crash[] = [
  {
    reason: "a key whose name is taken is refused also if an optional field is missing",
    at: /^POST \/api_key$/,
    isObject: true,
    answer: /^400 BAD_REQUEST$/,
  },
  {
    reason: "a body that is no object, or not JSON, is refused as everywhere",
    isObject: false,
    at: /^(POST \/(api_key|users|mqtt\/topic_metrics|users\/[^/]+\/change_pwd)|PUT \/(api_key|users)\/[^/]+|PUT \/clients\/[^/]+\/keepalive)$/,
    answer: /^(400 BAD_REQUEST|415 UNSUPPORTED_MEDIA_TYPE|404 NOT_FOUND)$/,
  },
  {
    reason: "a topic that is a list of characters, and cannot be measured, is a failed validation",
    at: /^POST \/mqtt\/topic_metrics$/,
    isObject: true,
    answer: /^400 BAD_REQUEST$/,
  },
  {
    reason: "a malformed rewrite rule is a failed validation",
    at: /^PUT \/mqtt\/topic_rewrite$/,
    answer: /^(400 BAD_REQUEST|415 UNSUPPORTED_MEDIA_TYPE)$/,
  },
  {
    reason: "auto-subscriptions that are no list are a failed validation",
    at: /^PUT \/mqtt\/auto_subscribe$/,
    answer: /^400 BAD_REQUEST$/,
  },
  {
    reason: "an unknown action on topic metrics is a failed validation",
    at: /^PUT \/mqtt\/topic_metrics$/,
    answer: /^(400 BAD_REQUEST|415 UNSUPPORTED_MEDIA_TYPE)$/,
  },
  {
    reason: "unsubscribing without a topic, or from a malformed one, is a failed validation",
    at: /^POST \/clients\/[^/]+\/unsubscribe$/,
    answer: /^400 BAD_REQUEST$/,
  },
  {
    reason: "an empty batch of messages is a failed validation",
    at: /^POST \/publish\/bulk$/,
    answer: /^400 BAD_REQUEST$/,
  },
  {
    reason: "a ban of a malformed address, or of an expression that is none, is not found",
    at: /^DELETE \/banned\/(peerhost|peerhost_net|clientid_re|username_re)\//,
    answer: /^(400 BAD_REQUEST|404 NOT_FOUND)$/,
  },
  {
    reason: "a delayed message of an unknown node is refused as when it is read",
    at: /^DELETE \/mqtt\/delayed\/messages\//,
    answer: /^400 INVALID_NODE$/,
  },
];

/** Where EMQX fails with 500 and the request is at fault; ours is a 4xx that says so. */
export const crashes: readonly Accepted[] = table.map(({ reason, at, isObject, answer }) => ({
  reason: `EMQX fails with 500: ${reason}`,
  holds: ({ request: { method, path, body }, answers: { reference, ours } }) =>
    reference.status === 500 &&
    reference.json?.code !== "NODE_DOWN" &&
    at.test(`${method} ${path}`) &&
    (isObject === undefined || isObject === isPlainObject(body)) &&
    answer.test(`${ours.status} ${ours.json?.code}`),
}));

const isPlainObject = (body: unknown) => typeof body === "object" && body !== null && !Array.isArray(body);
