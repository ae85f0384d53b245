import * as z from "zod/mini";
import { text } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";

const Node = z.strictObject({
  node: z.string(),
  node_status: z.literal("running"),
  role: z.literal("core"),
  version: z.string(),
  edition: z.literal("Opensource"),
  /** Milliseconds. */
  uptime: z.int(),
  connections: z.int(),
  live_connections: z.int(),
  cluster_sessions: z.int(),
  load1: z.number(),
  load5: z.number(),
  load15: z.number(),
  max_fds: z.int(),
  memory_total: z.string(),
  memory_used: z.string(),
  process_available: z.int(),
  process_used: z.int(),
  otp_release: z.string(),
  sys_path: z.string(),
  log_path: z.string(),
});

export const nodes = defineResource({
  name: "nodes",
  tag: "Nodes",
  operations: {
    listNodes: {
      route: "GET /nodes",
      summary: "List the nodes",
      description: "A deployment is one node, whatever it consists of.",
      answers: { 200: z.array(Node) },
      needs: ["node", "registry:read"],
    },
    getNode: {
      route: "GET /nodes/{node}",
      summary: "Describe a node",
      params: { node: text() },
      answers: { 200: Node },
      errors: { 400: ["BAD_REQUEST"], 404: ["NOT_FOUND"] },
      needs: ["node", "registry:read"],
    },
  },
});
