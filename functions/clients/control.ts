import type { ClientControl, ControlOutcome } from "../../lib/broker/broker.ts";
import type { DepsFor } from "../../lib/deps/types.ts";
import type { Handlers } from "../../lib/http/operation-function.ts";
import { isShared, misusedPrefix } from "../../lib/mqtt/shared-filter.ts";
import { visibleSession } from "../../lib/records/session-state.ts";
import type { controlOperations, NewSubscription, SubscribeReport } from "./control-contract.ts";
import { notFound } from "./not-found.ts";
import { clientView } from "./view.ts";

type Control = Handlers<{ name: string; tag: string; operations: typeof controlOperations }>;

const notPossible = [
  400,
  "BAD_REQUEST",
  "AWS IoT Core leaves subscriptions and keepalive to the client: the API cannot change them",
] as const;

/** What is done to a client's session in the client's place, as far as the broker lets anybody do so. */
export const control: Control = {
  async subscribeClient({ params: { clientid }, body, fail }, deps) {
    const misused = misusedPrefix(body.topic);
    if (misused !== undefined) return fail(500, "UNKNOWN_ERROR", invalidFilter(misused));
    if (isShared(body.topic) && body.nl === 1) {
      return fail(
        400,
        "INVALID_PARAMETER",
        "Invalid Subscribe options: `no_local` not allowed for shared-sub. See [MQTT-3.8.3-4]",
      );
    }
    const broker = await controlOf(clientid, deps, fail);
    const outcome = await subscribe(broker, clientid, body);
    if (outcome === "unknown") return fail(...notFound);
    if (outcome !== "done") return fail(400, "BAD_REQUEST", outcome.refused);
    return { clientid, node: deps.node.name, ...body };
  },

  async subscribeClientInBulk({ params: { clientid }, body, fail }, deps) {
    const broker = await controlOf(clientid, deps, fail);
    const succeed: SubscribeReport["succeed"] = [];
    const failed: SubscribeReport["failed"] = [];
    for (const subscription of body) {
      const reason = bulkProblem(subscription) ?? reasonOf(await subscribe(broker, clientid, subscription));
      const { topic, ...options } = subscription;
      if (reason === undefined) succeed.push({ clientid, node: deps.node.name, ...subscription });
      // The last one first, as EMQX has it. [emqx_mgmt_api_clients]
      else failed.unshift({ data: [clientid, topic, options], reason });
    }
    return failed.length === 0 ? succeed : { succeed, failed };
  },

  async unsubscribeClient({ params: { clientid }, body: { topic }, fail }, deps) {
    const misused = misusedPrefix(topic);
    if (misused !== undefined) return fail(400, "BAD_REQUEST", invalidFilter(misused));
    const broker = await controlOf(clientid, deps, fail);
    if ((await broker.unsubscribe(clientid, topic)) === "unknown") return fail(...notFound);
  },

  async unsubscribeClientInBulk({ params: { clientid }, body, fail }, deps) {
    const broker = await controlOf(clientid, deps, fail);
    for (const { topic } of body) {
      if (topic !== undefined && misusedPrefix(topic) === undefined)
        await broker.unsubscribe(clientid, topic);
    }
  },

  async setKeepalive({ params: { clientid }, body: { interval }, fail }, { sessions, node, broker }) {
    if (interval === undefined) return fail(400, "BAD_REQUEST", "Interval Not Found");
    const session = await sessions.get(clientid);
    if (!session) return fail(...notFound);
    if (!broker.control) return fail(...notPossible);
    if (!(await broker.control.setKeepalive(clientid, interval))) return fail(...notFound);
    const state = await sessions.change(clientid, (known) => known && { ...known, keepalive: interval });
    const changed = (state && visibleSession(state, Date.now())) ?? session;
    const statistics = broker.statistics?.of([clientid]).get(clientid);
    return clientView({ ...changed, keepalive: interval }, node.name, statistics);
  },
};

type ControlDeps = DepsFor<"registry:read" | "broker:control">;

/** The broker's control; fails if there is no such client, or the broker leaves it to the client. */
async function controlOf(
  clientid: string,
  { sessions, broker: { control } }: ControlDeps,
  fail: (status: 400 | 404, code: "BAD_REQUEST" | "CLIENTID_NOT_FOUND", message: string) => never,
): Promise<ClientControl> {
  const known = control ? await control.knows(clientid) : await sessions.get(clientid);
  if (!known) return fail(...notFound);
  return control ?? fail(...notPossible);
}

function subscribe(broker: ClientControl, clientid: string, { topic, ...options }: NewSubscription) {
  return broker.subscribe(clientid, topic, options);
}

/** Why an element of a list cannot be subscribed to, in EMQX's words. */
function bulkProblem({ topic, nl }: NewSubscription): string | undefined {
  const misused = misusedPrefix(topic);
  if (misused !== undefined) return invalidFilter(misused);
  return isShared(topic) && nl === 1 ? "invalid_subopts_nl" : undefined;
}

function reasonOf(outcome: ControlOutcome): string | undefined {
  if (outcome === "unknown") return "channel_not_found";
  return outcome === "done" ? undefined : outcome.refused;
}

/** An error term of Erlang as text. */
const invalidFilter = (filter: string) => `{invalid_topic_filter,<<${JSON.stringify(filter)}>>}`;
