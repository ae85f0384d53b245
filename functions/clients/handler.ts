import type { DepsFor } from "../../lib/deps/types.ts";
import { serve } from "../../lib/http/serve.ts";
import { kickOut } from "../../lib/ingest/kick-out.ts";
import type { Session } from "../../lib/records/session.ts";
import { shownSessions, visibleSession } from "../../lib/records/session-state.ts";
import { subscriptionRow } from "../../lib/records/subscription-row.ts";
import { cursorOf, placeOf } from "../../lib/store/cursor.ts";
import { authorization } from "./authorization.ts";
import { clients } from "./contract.ts";
import { control } from "./control.ts";
import { kickOutAll } from "./kick-out.ts";
import { listBehind, listSessions } from "./list.ts";
import { notFound } from "./not-found.ts";
import { queue } from "./queue.ts";
import { readConditions, WrongCondition } from "./read-conditions.ts";
import { clientView, project } from "./view.ts";

export const handler = serve(clients, {
  ...control,
  ...authorization,
  ...queue,

  async listClients({ query, fail }, { sessions, node, broker }) {
    const { page, limit, clientid, username, fields, node: asked, ...rest } = query;
    if (asked !== undefined && asked !== node.name) {
      return fail(500, "NODE_DOWN", `bad rpc call <<"${asked}">>, Reason <<"invalid node">>`);
    }
    const filter = readConditions(rest);
    if (filter instanceof WrongCondition) return fail(400, "INVALID_PARAMETER", filter.message);
    const found = await listSessions(sessions, { page, limit, clientid, username, filter });
    const { count, hasnext } = found;
    return {
      data: viewsOf(found.sessions, node, broker).map((view) => project(view, fields)),
      meta: { page, limit, hasnext, ...(count !== undefined && { count }) },
    };
  },

  async listClientsByCursor({ query, fail }, { sessions, node, broker }) {
    // Every row has all its fields, whatever `fields` says. [emqx_mgmt_api_clients]
    const { cursor, limit, clientid, username, fields: _, ...rest } = query;
    const place = cursor === undefined ? "" : placeOf(cursor);
    if (place === undefined) return fail(400, "BAD_REQUEST", "bad cursor");
    const filter = readConditions(rest);
    if (filter instanceof WrongCondition) return fail(400, "INVALID_PARAMETER", filter.message);
    const found = await listBehind(sessions, { place, limit, clientid, username, filter });
    const data = viewsOf(found.sessions, node, broker);
    return {
      data,
      meta: { count: data.length, ...(found.next !== undefined && { cursor: cursorOf(found.next) }) },
    };
  },

  async getClient({ params: { clientid }, fail }, { sessions, node, broker }) {
    const session = await sessions.get(clientid);
    if (!session) return fail(...notFound);
    return clientView(session, node.name, broker.statistics?.of([clientid]).get(clientid));
  },

  async kickOutClient({ params: { clientid }, fail }, deps) {
    if (!(await kickOut(clientid, deps))) return fail(...notFound);
  },

  async kickOutClients({ body }, deps) {
    await kickOutAll(body, deps);
    return undefined;
  },

  async countSessions(_, { sessions }) {
    return (await sessions.totals()).all;
  },

  async listSubscriptions({ params: { clientid }, fail }, { sessions, subscriptions, node }) {
    const state = await sessions.state(clientid);
    if (!state || !visibleSession(state, Date.now())) return fail(...notFound);
    const found = await subscriptions.ofSessions(clientid, shownSessions(state));
    return found.map((subscription) => subscriptionRow(subscription, node.name));
  },
});

/** Sessions as the API shows them, with what the broker counted of those that are connected. */
function viewsOf(
  found: readonly Session[],
  node: DepsFor<"node">["node"],
  broker: DepsFor<"broker:statistics">["broker"],
) {
  const statistics = broker.statistics?.of(found.map(({ clientid }) => clientid));
  return found.map((session) => clientView(session, node.name, statistics?.get(session.clientid)));
}
