import type { DepsFor } from "../../lib/deps/types.ts";
import { isShared, namedFilter, withoutExclusive } from "../../lib/mqtt/shared-filter.ts";

type Topics = DepsFor<"registry:read">["subscriptions"]["topics"];

export interface RouteRequest {
  page: number;
  limit: number;
  topic: string | undefined;
  /** A node is named: what is shared belongs to none, unless it is asked for by its filter. [emqx_mgmt_api_topics] */
  atNode: boolean;
}

export interface RoutePage {
  routes: string[];
  hasnext: boolean;
  /** The number of all filters in use; of those that match a condition, only on their last page. */
  count?: number;
}

/** A page of the filters in use: of all in their order, or of those that are about a topic, by key. */
export async function listRoutes(
  topics: Topics,
  { page, limit, topic, atNode }: RouteRequest,
): Promise<RoutePage> {
  const offset = (page - 1) * limit;
  if (topic === undefined) {
    const { topics: routes, hasnext, all } = await topics.routes.page(offset, limit, { unshared: atNode });
    return { routes, hasnext, ...((!atNode || !hasnext) && { count: all }) };
  }
  const found = await routesFor(topics, withoutExclusive(topic), atNode);
  const hasnext = found.length > offset + limit;
  return { routes: found.slice(offset, offset + limit), hasnext, ...(!hasnext && { count: found.length }) };
}

async function routesFor(topics: Topics, filter: string, atNode: boolean): Promise<string[]> {
  const routes = await topics.routesOf(namedFilter(filter).topic);
  return atNode || isShared(filter) ? routes.filter((route) => route === filter) : routes;
}
