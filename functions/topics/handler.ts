import { serve } from "../../lib/http/serve.ts";
import { misusedPrefix } from "../../lib/mqtt/shared-filter.ts";
import { topics } from "./contract.ts";
import { listRoutes } from "./list.ts";

export const handler = serve(topics, {
  async listTopics({ query, fail }, { subscriptions, node }) {
    const { page, limit, topic, node: asked } = query;
    if (topic !== undefined && misusedPrefix(topic) !== undefined) {
      return fail(400, "INVALID_PARAMTER", "topic_filter_invalid");
    }
    const isHere = asked === undefined || asked === node.name;
    const found = isHere
      ? await listRoutes(subscriptions.topics, { page, limit, topic, atNode: asked !== undefined })
      : { routes: [], hasnext: false, count: 0 };
    const { routes, hasnext, count } = found;
    return {
      data: routes.map((route) => ({ topic: route, node: node.name })),
      meta: { page, limit, hasnext, ...(count !== undefined && { count }) },
    };
  },

  async getTopic({ params, fail }, { subscriptions, node }) {
    const routes = await subscriptions.topics.routesOf(params.topic);
    if (routes.length === 0) return fail(404, "TOPIC_NOT_FOUND", "Topic not found");
    return routes.map((topic) => ({ topic, node: node.name }));
  },
});
