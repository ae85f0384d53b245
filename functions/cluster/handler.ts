import { serve } from "../../lib/http/serve.ts";
import { cluster } from "./contract.ts";

export const handler = serve(cluster, {
  getCluster(_, { node }) {
    // EMQX's default name; clients show it and do not act on it.
    return { name: "emqxcl", nodes: [node.name], self: node.name };
  },
});
