import type { DepsFor } from "../../lib/deps/types.ts";
import { serve } from "../../lib/http/serve.ts";
import { apiVersion } from "../../lib/records/node.ts";
import { nodes } from "./contract.ts";
import { sizeText } from "./size-text.ts";

export const handler = serve(nodes, {
  async listNodes(_, deps) {
    return [await describe(deps)];
  },

  async getNode({ params, fail }, deps) {
    if (params.node !== deps.node.name) return fail(404, "NOT_FOUND", `Node not found: ${params.node}`);
    return describe(deps);
  },
});

async function describe({ node, sessions }: DepsFor<"node" | "registry:read">) {
  const { all, connected } = await sessions.totals();
  const { memory_total, memory_used, ...load } = node.load();
  return {
    node: node.name,
    node_status: "running",
    role: "core",
    version: apiVersion,
    edition: "Opensource",
    uptime: Date.now() - node.started_at,
    connections: all,
    live_connections: connected,
    cluster_sessions: all,
    memory_total: sizeText(memory_total),
    memory_used: sizeText(memory_used),
    // There are no Erlang processes; clients expect a share of them to be in use.
    process_available: 2_097_152,
    process_used: 1,
    otp_release: `node/${process.versions.node}`,
    log_path: "log.file.enable is false, not logging to file.",
    ...load,
  } as const;
}
