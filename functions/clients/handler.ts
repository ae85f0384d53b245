import { serve } from "../../lib/http/serve.ts";
import { endSession } from "../../lib/ingest/end-session.ts";
import { visibleSession } from "../../lib/records/session-state.ts";
import { cursorOf, placeOf } from "../../lib/store/cursor.ts";
import { clients } from "./contract.ts";
import { listBehind, listSessions } from "./list.ts";
import { readConditions, WrongCondition } from "./read-conditions.ts";
import { clientView, project, subscriptionView } from "./view.ts";

const notFound = [404, "CLIENTID_NOT_FOUND", "Client ID not found"] as const;

export const handler = serve(clients, {
  async listClients({ query, fail }, { sessions, node }) {
    const { page, limit, clientid, username, fields, node: asked, ...rest } = query;
    if (asked !== undefined && asked !== node.name) {
      return fail(500, "NODE_DOWN", `bad rpc call <<"${asked}">>, Reason <<"invalid node">>`);
    }
    const filter = readConditions(rest);
    if (filter instanceof WrongCondition) return fail(400, "INVALID_PARAMETER", filter.message);
    const found = await listSessions(sessions, { page, limit, clientid, username, filter });
    const { count, hasnext } = found;
    return {
      data: found.sessions.map((session) => project(clientView(session, node.name), fields)),
      meta: { page, limit, hasnext, ...(count !== undefined && { count }) },
    };
  },

  async listClientsByCursor({ query, fail }, { sessions, node }) {
    // Every row has all its fields, whatever `fields` says. [emqx_mgmt_api_clients]
    const { cursor, limit, clientid, username, fields: _, ...rest } = query;
    const place = cursor === undefined ? "" : placeOf(cursor);
    if (place === undefined) return fail(400, "BAD_REQUEST", "bad cursor");
    const filter = readConditions(rest);
    if (filter instanceof WrongCondition) return fail(400, "INVALID_PARAMETER", filter.message);
    const found = await listBehind(sessions, { place, limit, clientid, username, filter });
    const data = found.sessions.map((session) => clientView(session, node.name));
    return {
      data,
      meta: { count: data.length, ...(found.next !== undefined && { cursor: cursorOf(found.next) }) },
    };
  },

  async getClient({ params, fail }, { sessions, node }) {
    const session = await sessions.get(params.clientid);
    if (!session) return fail(...notFound);
    return clientView(session, node.name);
  },

  async kickOutClient({ params: { clientid }, fail }, { sessions, broker }) {
    const state = await sessions.state(clientid);
    const known = await broker.kick(clientid);
    const ended = state && visibleSession(state, Date.now()) !== undefined;
    if (ended) await endSession(sessions, state);
    if (!known && !ended) return fail(...notFound);
  },

  async listSubscriptions({ params: { clientid }, fail }, { sessions, subscriptions, node }) {
    const state = await sessions.state(clientid);
    if (!state?.connect || !visibleSession(state, Date.now())) return fail(...notFound);
    const found = await subscriptions.ofSession(clientid, state.connect.session_identifier);
    return found.map((subscription) => subscriptionView(subscription, node.name));
  },
});
