import * as z from "zod/mini";
import { flag, integer, ruledText, text } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { isRole, type Role } from "../../lib/contract/roles.ts";
import { expiry } from "../../lib/contract/time-fields.ts";

const role = z.pipe(
  ruledText((value) => (isRole(value) ? undefined : "Role does not exist")),
  z.transform((value) => value as Role),
);

/** The rule for the names of keys that are made through the API. [emqx_mgmt_api_api_keys] */
const name = ruledText((value) => {
  if (value === "" || Buffer.byteLength(value) > 256) return "Name Length must =< 256";
  return /^[A-Za-z]+[A-Za-z0-9-_]*$/.test(value) ? undefined : "Name should be ^[A-Za-z]+[A-Za-z0-9-_]*$";
});

const ApiKey = z.strictObject({
  name: z.string(),
  api_key: z.string(),
  created_at: z.string(),
  desc: z.string(),
  enable: z.boolean(),
  expired: z.boolean(),
  expired_at: z.string(),
  role: z.string(),
});

const NewApiKey = z.extend(ApiKey, { api_secret: z.string() });

const RotatedApiKey = z.extend(NewApiKey, { previous_valid_until: z.string() });

/** 30 days, in seconds. */
const longestGrace = 2_592_000;

export const apiKey = defineResource({
  name: "api-key",
  tag: "API Keys",
  operations: {
    listApiKeys: {
      route: "GET /api_key",
      summary: "List all API keys",
      access: "token",
      answers: { 200: z.array(ApiKey) },
      needs: ["keys:read"],
    },
    createApiKey: {
      route: "POST /api_key",
      summary: "Create an API key",
      description: "The answer is the only one that shows the secret.",
      access: "token",
      bodyFields: {
        name,
        expired_at: expiry("expired_at"),
        desc: z._default(text(), ""),
        enable: z._default(flag(), true),
        role: z.optional(role),
      },
      answers: { 200: NewApiKey },
      errors: { 400: ["BAD_REQUEST"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["keys:read", "keys:write"],
    },
    getApiKey: {
      route: "GET /api_key/{name}",
      summary: "Describe an API key",
      access: "token",
      params: { name },
      answers: { 200: ApiKey },
      errors: { 400: ["BAD_REQUEST"], 404: ["NOT_FOUND"] },
      needs: ["keys:read"],
    },
    updateApiKey: {
      route: "PUT /api_key/{name}",
      summary: "Change an API key",
      description: "What is left out stays as it is, but for `expired_at`, which becomes `infinity`.",
      access: "token",
      params: { name },
      bodyFields: {
        /** Of the answer; taken, because keys are written back as they were read, and without effect. */
        expired: z.optional(flag()),
        expired_at: expiry("expired_at"),
        desc: z.optional(text()),
        enable: z.optional(flag()),
        role: z.optional(role),
      },
      answers: { 200: ApiKey },
      errors: { 400: ["BAD_REQUEST"], 404: ["NOT_FOUND"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["keys:read", "keys:write"],
    },
    deleteApiKey: {
      route: "DELETE /api_key/{name}",
      summary: "Delete an API key",
      access: "token",
      params: { name },
      answers: { 204: null },
      errors: { 400: ["BAD_REQUEST"], 404: ["NOT_FOUND"] },
      needs: ["keys:read", "keys:write"],
    },
    rotateApiKey: {
      route: "POST /api_key/{name}/rotate",
      summary: "Give an API key a new secret",
      description: "Not in EMQX. The secret before stays valid for `grace_period` seconds, a day by default.",
      access: "token",
      params: { name },
      bodyFields: { grace_period: z._default(integer(0, longestGrace), 86_400) },
      answers: { 200: RotatedApiKey },
      errors: { 400: ["BAD_REQUEST"], 404: ["NOT_FOUND"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["keys:read", "keys:write"],
    },
  },
});
