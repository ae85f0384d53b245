import * as z from "zod/mini";
import { defineResource } from "../../lib/contract/resource.ts";

const StatusJson = z.strictObject({
  node_name: z.string(),
  rel_vsn: z.string(),
  broker_status: z.enum(["started", "stopped"]),
  app_status: z.enum(["running", "not_running"]),
});

export const status = defineResource({
  name: "status",
  tag: "Status",
  operations: {
    getStatus: {
      route: "GET /status",
      summary: "Tell whether the service runs",
      description: "Text by default, JSON with `format=json`.",
      access: "open",
      outsidePrefix: "too",
      query: { format: z.optional(z.string()) },
      answers: { 200: z.union([z.string(), StatusJson]) },
      needs: ["node"],
    },
  },
});
