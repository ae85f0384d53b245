import type { Mismatch } from "./openapi.ts";

/** The reviewed table of differences between the API documents. What is not here is a fault. */
export const documented: readonly { reason: string; holds(mismatch: Mismatch): boolean }[] = [
  {
    reason: "roles, the audit log and the rotation of keys are there beside EMQX's",
    holds: ({ operation, kind, name, saidBy }) =>
      saidBy === "ours" &&
      (kind === "operation"
        ? ["GET /audit", "POST /api_key/{name}/rotate"].includes(operation)
        : /^(body|answer) field$/.test(kind) &&
          /^(role|backend)$/.test(name) &&
          /^\w+ \/(api_key|users|login)/.test(operation)),
  },
  {
    reason: "EMQX sends a field of an answer and does not document it",
    holds: ({ kind, saidBy, sent }) => kind === "answer field" && saidBy === "ours" && sent === true,
  },
  {
    reason: "EMQX documents a field of an answer and did not send it to any request of this comparison",
    holds: ({ kind, saidBy, sent }) => kind === "answer field" && saidBy === "reference" && sent === false,
  },
  {
    reason: "what a cached decision holds was read in EMQX's source: without rules no decision is cached",
    holds: ({ operation, kind, name, saidBy }) =>
      operation === "GET /clients/{clientid}/authorization/cache" &&
      kind === "answer field" &&
      /^access\.(action_type|qos|retain)$/.test(name) &&
      saidBy === "ours",
  },
  {
    reason: "EMQX serves it and does not document it",
    holds: ({ operation, kind, name, saidBy }) =>
      saidBy === "ours" &&
      (kind === "operation"
        ? ["GET /clients_v2", "PUT /clients/{clientid}/keepalive"].includes(operation)
        : operation === "PUT /mqtt/retainer" && ["msg_clear_limit", "deliver_rate"].includes(name)),
  },
  {
    reason: "EMQX documents a 204 and answers with 200",
    holds: ({ operation, kind, name, saidBy }) =>
      /^(POST|PUT) \/mqtt\/topic_metrics$/.test(operation) &&
      kind === "status" &&
      name === (saidBy === "reference" ? "204" : "200"),
  },
  {
    reason: "EMQX documents parameters that it ignores",
    holds: ({ operation, kind, name, saidBy }) =>
      operation === "GET /slow_subscriptions" &&
      kind === "parameter" &&
      /^query (page|limit)$/.test(name) &&
      saidBy === "reference",
  },
  {
    reason: "EMQX documents a field that it fails on with 500, `expired` of a new key",
    holds: ({ operation, kind, name, saidBy }) =>
      operation === "POST /api_key" && kind === "body field" && name === "expired" && saidBy === "reference",
  },
];
