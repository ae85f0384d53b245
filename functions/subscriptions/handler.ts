import { serve } from "../../lib/http/serve.ts";
import { isShared, misusedPrefix } from "../../lib/mqtt/shared-filter.ts";
import { subscriptionRow } from "../../lib/records/subscription-row.ts";
import { subscriptions as resource } from "./contract.ts";
import { listSubscriptions } from "./list.ts";

export const handler = serve(resource, {
  async listSubscriptions({ query, fail }, { node, sessions, subscriptions }) {
    const { node: asked, durable: _, page, limit, ...filter } = query;
    const { match_topic } = filter;
    if (match_topic !== undefined && (isShared(match_topic) || misusedPrefix(match_topic) !== undefined)) {
      return fail(400, "INVALID_PARAMETER", "match_topic_invalid");
    }
    if (asked !== undefined && asked !== node.name) {
      return fail(500, "NODE_DOWN", `bad rpc call <<"${asked}">>, Reason <<"invalid node">>`);
    }
    const { rows, hasnext, count } = await listSubscriptions(
      { sessions, subscriptions },
      { page, limit, ...filter },
    );
    return {
      data: rows.map((row) => subscriptionRow(row, node.name)),
      meta: { page, limit, hasnext, ...(count !== undefined && { count }) },
    };
  },
});
