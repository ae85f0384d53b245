import { serve } from "../../lib/http/serve.ts";
import { visibleSession } from "../../lib/records/session-state.ts";
import { normalAddress } from "./address.ts";
import { authorization } from "./authorization.ts";
import { clients } from "./contract.ts";
import { control } from "./control.ts";
import { kickOut, kickOutAll } from "./kick-out.ts";
import { listSessions } from "./list.ts";
import { notFound } from "./not-found.ts";
import { clientView, project, subscriptionView } from "./view.ts";

export const handler = serve(clients, {
  ...control,
  ...authorization,

  async listClients({ query, fail }, { sessions, node, broker }) {
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
    const statistics = broker.statistics?.of(found.sessions.map((session) => session.clientid));
    return {
      data: found.sessions.map((session) =>
        project(clientView(session, node.name, statistics?.get(session.clientid)), fields),
      ),
      meta: { page, limit, hasnext, ...(count !== undefined && { count }) },
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
    if (!state?.connect || !visibleSession(state, Date.now())) return fail(...notFound);
    const found = await subscriptions.ofSession(clientid, state.connect.session_identifier);
    return found.map((subscription) => subscriptionView(subscription, node.name));
  },
});
