import * as z from "zod/mini";
import { commaList, flag, oneOf, repeated, text } from "../../lib/contract/fields.ts";
import { pageOf, pageParameters } from "../../lib/contract/paging.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { instant } from "../../lib/contract/time-fields.ts";
import { fieldNames } from "./field-names.ts";
import { queueOperations } from "./queue-contract.ts";
import { Client, ClientRow, Subscription } from "./schemas.ts";

const clientid = text();

export const clients = defineResource({
  name: "clients",
  tag: "Clients",
  operations: {
    ...queueOperations,
    listClients: {
      route: "GET /clients",
      summary: "List clients, connected or with a session that is kept",
      query: {
        ...pageParameters,
        node: z.optional(text()),
        clientid: repeated(text()),
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
        fields: commaList(fieldNames),
      },
      answers: { 200: pageOf(ClientRow) },
      errors: { 400: ["BAD_REQUEST", "INVALID_PARAMETER"], 500: ["NODE_DOWN"] },
      needs: ["node", "registry:read"],
    },
    getClient: {
      route: "GET /clients/{clientid}",
      summary: "Describe a client",
      params: { clientid },
      answers: { 200: Client },
      errors: { 400: ["BAD_REQUEST"], 404: ["CLIENTID_NOT_FOUND"] },
      needs: ["node", "registry:read"],
    },
    kickOutClient: {
      route: "DELETE /clients/{clientid}",
      summary: "Disconnect a client and discard its session",
      params: { clientid },
      answers: { 204: null },
      errors: { 400: ["BAD_REQUEST"], 404: ["CLIENTID_NOT_FOUND"] },
      needs: ["registry:read", "registry:write", "broker:kick"],
    },
    listSubscriptions: {
      route: "GET /clients/{clientid}/subscriptions",
      summary: "List the subscriptions of a client",
      params: { clientid },
      answers: { 200: z.array(Subscription) },
      errors: { 400: ["BAD_REQUEST"], 404: ["CLIENTID_NOT_FOUND"] },
      needs: ["node", "registry:read"],
    },
  },
});
