import * as z from "zod/mini";
import { commaList, flag, integer, list, oneOf, repeated, text } from "../../lib/contract/fields.ts";
import { cursorPageOf, pageOf, pageParameters } from "../../lib/contract/paging.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { instant } from "../../lib/contract/time-fields.ts";
import { SubscriptionRow } from "../../lib/records/subscription-row.ts";
import { authorizationOperations } from "./authorization-contract.ts";
import { controlOperations } from "./control-contract.ts";
import { fieldNames } from "./field-names.ts";
import { queueOperations } from "./queue-contract.ts";
import { Client, ClientRow } from "./schemas.ts";

const clientid = text();

/** Conditions of lists, in the order in which EMQX checks them. */
const conditions = {
  username: repeated(text()),
  ip_address: z.optional(text()),
  conn_state: z.optional(oneOf(["connected", "idle", "disconnected"])),
  clean_start: z.optional(flag()),
  proto_ver: z.optional(text()),
  like_clientid: z.optional(text()),
  like_username: z.optional(text()),
  gte_created_at: z.optional(instant()),
  lte_created_at: z.optional(instant()),
  gte_connected_at: z.optional(instant()),
  lte_connected_at: z.optional(instant()),
  clientid: repeated(text()),
  fields: commaList(fieldNames),
};

export const clients = defineResource({
  name: "clients",
  tag: "Clients",
  operations: {
    listClients: {
      route: "GET /clients",
      onIotCore: "traffic counters are 0; `port`, `keepalive` and the like once the broker was asked",
      summary: "List clients, connected or with a session that is kept",
      query: {
        page: pageParameters.page,
        node: z.optional(text()),
        limit: pageParameters.limit,
        ...conditions,
      },
      answers: { 200: pageOf(ClientRow) },
      errors: { 400: ["BAD_REQUEST", "INVALID_PARAMETER"], 500: ["NODE_DOWN"] },
      needs: ["node", "registry:read", "broker:statistics"],
    },
    listClientsByCursor: {
      route: "GET /clients_v2",
      onIotCore: "traffic counters are 0; `port`, `keepalive` and the like once the broker was asked",
      summary: "List clients, each page from where the last one ended",
      query: { cursor: z.optional(text()), limit: pageParameters.limit, ...conditions },
      answers: { 200: cursorPageOf(Client) },
      errors: { 400: ["BAD_REQUEST", "INVALID_PARAMETER"] },
      needs: ["node", "registry:read", "broker:statistics"],
    },
    getClient: {
      route: "GET /clients/{clientid}",
      onIotCore: "traffic counters are 0; `port`, `keepalive` and the like once the broker was asked",
      summary: "Describe a client",
      params: { clientid },
      answers: { 200: Client },
      errors: { 400: ["BAD_REQUEST"], 404: ["CLIENTID_NOT_FOUND"] },
      needs: ["node", "registry:read", "broker:statistics"],
    },
    kickOutClient: {
      route: "DELETE /clients/{clientid}",
      summary: "Disconnect a client and discard its session",
      params: { clientid },
      answers: { 204: null },
      errors: { 400: ["BAD_REQUEST"], 404: ["CLIENTID_NOT_FOUND"] },
      needs: ["registry:read", "registry:write", "broker:kick"],
    },
    kickOutClients: {
      route: "POST /clients/kickout/bulk",
      summary: "Disconnect clients and discard their sessions",
      description:
        "Client ids that nobody has are passed over. AWS IoT Core disconnects about 2,000 clients in the time of a request.",
      body: list(text()),
      answers: { 204: null },
      errors: { 400: ["BAD_REQUEST"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["registry:read", "registry:write", "broker:kick"],
    },
    countSessions: {
      route: "GET /sessions_count",
      summary: "Count the sessions",
      description:
        "`since` is taken and changes nothing: as in EMQX without a history of sessions, those that have ended are not counted.",
      query: { since: z.optional(integer(0, Number.MAX_SAFE_INTEGER, "non_neg_integer()")) },
      answers: { 200: z.int() },
      errors: { 400: ["BAD_REQUEST"] },
      needs: ["registry:read"],
    },
    listSubscriptions: {
      route: "GET /clients/{clientid}/subscriptions",
      onIotCore: "`nl`, `rap`, `rh` are 0",
      summary: "List the subscriptions of a client",
      params: { clientid },
      answers: { 200: z.array(SubscriptionRow) },
      errors: { 400: ["BAD_REQUEST"], 404: ["CLIENTID_NOT_FOUND"] },
      needs: ["node", "registry:read"],
    },
    ...controlOperations,
    ...authorizationOperations,
    ...queueOperations,
  },
});
