import { serve } from "../../lib/http/serve.ts";
import { apiVersion } from "../../lib/records/node.ts";
import { status } from "./contract.ts";

export const handler = serve(status, {
  getStatus({ query, answer }, { node }) {
    // EMQX sends this header with every answer, also with success. [emqx_mgmt_api_status]
    const headers = { "retry-after": "15" };
    if (query.format === "json") {
      const body = {
        node_name: node.name,
        rel_vsn: `v${apiVersion}`,
        broker_status: "started",
        app_status: "running",
      } as const;
      return answer(200, body, headers);
    }
    const text = `Node ${node.name} is started\nemqx is running`;
    return answer(200, text, { ...headers, "content-type": "text/plain" });
  },
});
