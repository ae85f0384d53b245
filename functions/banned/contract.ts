import * as z from "zod/mini";
import { oneOf, ruledText, struct, text } from "../../lib/contract/fields.ts";
import { pageParameters } from "../../lib/contract/paging.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { epochSecond, expiry } from "../../lib/contract/time-fields.ts";
import { maxTextBytes } from "../../lib/mqtt/topic.ts";
import { banKinds } from "../../lib/records/ban.ts";

/** No client id or user name is longer. */
const boundedText = () =>
  ruledText((value) =>
    Buffer.byteLength(value) > maxTextBytes ? `longer than ${maxTextBytes} bytes` : undefined,
  );

const Ban = z.strictObject({
  as: z.enum(banKinds),
  who: z.string(),
  by: z.string(),
  reason: z.string(),
  at: z.string(),
  until: z.string(),
});

/** `hasnext` is absent where `count` tells it, and `count` where only a page was read. [emqx_mgmt_api_banned] */
const BanList = z.strictObject({
  data: z.array(Ban),
  meta: z.strictObject({
    page: z.int(),
    limit: z.int(),
    hasnext: z.optional(z.boolean()),
    count: z.optional(z.int()),
  }),
});

export const banned = defineResource({
  name: "banned",
  tag: "Banned",
  operations: {
    listBans: {
      route: "GET /banned",
      summary: "List bans",
      description: "One filter at most. `like_*` are regular expressions that are searched in `who`.",
      query: {
        ...pageParameters,
        clientid: z.optional(text()),
        username: z.optional(text()),
        peerhost: z.optional(text()),
        like_clientid: z.optional(text()),
        like_username: z.optional(text()),
        like_peerhost: z.optional(text()),
        like_peerhost_net: z.optional(text()),
      },
      answers: { 200: BanList },
      errors: { 400: ["BAD_REQUEST"] },
      needs: ["bans:read"],
    },
    createBan: {
      route: "POST /banned",
      onIotCore:
        "`clientid`, `peerhost` and their patterns, disconnected once the connect event is in; user names: 400",
      summary: "Ban a client id, a user name, an address, or all that a pattern matches",
      description: "Who is banned is disconnected now, and cannot connect before `until`.",
      body: struct({
        as: oneOf(banKinds),
        who: boundedText(),
        by: z._default(boundedText(), "mgmt_api"),
        reason: z._default(boundedText(), ""),
        at: z.optional(epochSecond()),
        until: expiry("root.until"),
      }),
      answers: { 200: Ban },
      errors: { 400: ["ALREADY_EXISTS", "BAD_REQUEST"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["bans:write", "registry:read", "registry:write", "broker:kick"],
    },
    deleteBan: {
      route: "DELETE /banned/{as}/{who}",
      summary: "Remove a ban",
      params: { as: oneOf(banKinds), who: text() },
      answers: { 204: null },
      errors: { 400: ["BAD_REQUEST"], 404: ["NOT_FOUND"] },
      needs: ["bans:write"],
    },
    clearBans: {
      route: "DELETE /banned",
      summary: "Remove all bans",
      answers: { 204: null },
      needs: ["bans:write"],
    },
  },
});
