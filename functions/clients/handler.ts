import { serve } from "../../lib/http/serve.ts";
import { endSession } from "../../lib/ingest/end-session.ts";
import { visibleSession } from "../../lib/records/session-state.ts";
import { normalAddress } from "./address.ts";
import { clients } from "./contract.ts";
import { listSessions } from "./list.ts";
import { queue } from "./queue.ts";
import { clientView, project, subscriptionView } from "./view.ts";

const notFound = [404, "CLIENTID_NOT_FOUND", "Client ID not found"] as const;

export const handler = serve(clients, {
  ...queue,

  async listClients({ query, fail }, { sessions, node }) {
    const { page, limit, clientid, username, fields, proto_ver, ...rest } = query;
    if (rest.node !== undefined && rest.node !== node.name) {
      return fail(500, "NODE_DOWN", `bad rpc call <<"${rest.node}">>, Reason <<"invalid node">>`);
    }
    const wrong = (name: string, type: string, value: string) =>
      fail(
        400,
        "INVALID_PARAMETER",
        `the ${name} parameter expected type is ${type}, but the value is ${value}`,
      );
    const ip_address =
      rest.ip_address === undefined
        ? undefined
        : (normalAddress(rest.ip_address) ?? wrong("ip_address", "ip", rest.ip_address));
    if (proto_ver !== undefined && !/^[+-]?\d+$/.test(proto_ver)) {
      return wrong("proto_ver", "integer", proto_ver);
    }
    const filter = {
      ...rest,
      ip_address,
      proto_ver: proto_ver === undefined ? undefined : Number(proto_ver),
    };
    const found = await listSessions(sessions, { page, limit, clientid, username, filter });
    const { count, hasnext } = found;
    return {
      data: found.sessions.map((session) => project(clientView(session, node.name), fields)),
      meta: { page, limit, hasnext, ...(count !== undefined && { count }) },
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
