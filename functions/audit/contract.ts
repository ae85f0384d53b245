import * as z from "zod/mini";
import { integer, oneOf, text } from "../../lib/contract/fields.ts";
import { pageOf, pageParameters } from "../../lib/contract/paging.ts";
import { defineResource } from "../../lib/contract/resource.ts";
import { microsecondInstant } from "../../lib/contract/time-fields.ts";

const AuditEntry = z.strictObject({
  created_at: z.string(),
  node: z.string(),
  from: z.enum(["dashboard", "rest_api"]),
  source: z.string(),
  source_ip: z.string(),
  operation_id: z.string(),
  operation_type: z.string(),
  operation_result: z.enum(["success", "failure"]),
  http_status_code: z.int(),
  http_method: z.string(),
  duration_ms: z.int(),
  http_request: z.strictObject({
    method: z.string(),
    headers: z.record(z.string(), z.string()),
    bindings: z.record(z.string(), z.string()),
    body: z.string(),
  }),
  failure: z.union([z.strictObject({ code: z.string(), message: z.string() }), z.literal("")]),
  args: z.literal(""),
  request_id: z.string(),
});

const duration = () => z.optional(integer(0, Number.MAX_SAFE_INTEGER, "non_neg_integer()"));

export const audit = defineResource({
  name: "audit",
  tag: "Audit",
  operations: {
    listAudit: {
      route: "GET /audit",
      summary: "List the newest 5,000 calls that could change something, oldest first",
      query: {
        ...pageParameters,
        node: z.optional(text()),
        from: z.optional(oneOf(["dashboard", "rest_api", "cli", "erlang_console"])),
        source: z.optional(text()),
        source_ip: z.optional(text()),
        operation_id: z.optional(text()),
        operation_type: z.optional(text()),
        operation_result: z.optional(oneOf(["success", "failure"])),
        http_status_code: z.optional(integer(100, 599)),
        http_method: z.optional(oneOf(["post", "put", "delete"])),
        gte_duration_ms: duration(),
        lte_duration_ms: duration(),
        gte_created_at: z.optional(microsecondInstant()),
        lte_created_at: z.optional(microsecondInstant()),
      },
      answers: { 200: pageOf(AuditEntry) },
      errors: { 400: ["BAD_REQUEST"] },
      needs: ["audit:read"],
    },
  },
});
