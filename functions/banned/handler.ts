import { serve } from "../../lib/http/serve.ts";
import { type Ban, type BanKind, exactKinds, normalWho } from "../../lib/records/ban.ts";
import { BadExpression, linearExpression } from "../../lib/records/linear-expression.ts";
import { rfc3339Seconds } from "../../lib/records/time.ts";
import { PatternListFull } from "../../lib/store/ban-patterns.ts";
import { banned } from "./contract.ts";
import { kickMatching } from "./kick-matching.ts";
import { allBans, type BanPage, exactBan, searchedBans } from "./list.ts";

/** What a filter `like_…` is searched in. [emqx_mgmt_api_banned] */
const searchedKinds = {
  clientid: ["clientid", "clientid_re"],
  username: ["username", "username_re"],
  peerhost: ["peerhost"],
  peerhost_net: ["peerhost_net"],
} as const satisfies Record<string, readonly BanKind[]>;

const attributes = Object.keys(searchedKinds) as (keyof typeof searchedKinds)[];

export const handler = serve(banned, {
  async listBans({ query, fail }, { bans }) {
    const badRequest = (message: string) => fail(400, "BAD_REQUEST", message);
    const exact = exactKinds.filter((kind) => query[kind] !== undefined);
    const searched = attributes.filter((attribute) => query[`like_${attribute}`] !== undefined);
    if (new Set([...exact, ...searched]).size > 1) return badRequest("too_many_filters");
    const [kind] = exact;
    const [attribute] = searched;
    if (kind) {
      const who = normalWho(kind, query[kind] ?? "");
      return who === undefined
        ? badRequest(problemOf(kind))
        : listView(await exactBan(bans, kind, who), query);
    }
    if (!attribute) return listView(await allBans(bans, query), query);
    const filter = query[`like_${attribute}`] ?? "";
    const expression = readExpression(filter, ({ message: reason, position }) =>
      badRequest(
        JSON.stringify({
          message: "The filter is not a validation regex expression",
          ...{ reason, position, filter },
        }),
      ),
    );
    return listView(await searchedBans(bans, searchedKinds[attribute], expression, query), query);
  },

  async createBan({ body, fail }, deps) {
    const { as, until, at = nowInSeconds(), ...rest } = body;
    const refusal = deps.broker.banRefusal?.(as);
    if (refusal) return fail(400, "BAD_REQUEST", refusal);
    const who = normalWho(as, rest.who);
    if (who === undefined) return fail(400, "BAD_REQUEST", problemOf(as));
    if (as === "clientid_re" || as === "username_re") {
      readExpression(who, ({ message, position }) =>
        fail(400, "BAD_REQUEST", `{${JSON.stringify(message)},${position}}`),
      );
    }
    if (until !== undefined && until <= nowInSeconds()) {
      return fail(400, "BAD_REQUEST", `Cannot create expired banned, ${at} to ${until}`);
    }
    const ban: Ban = { ...rest, as, who, at, ...(until !== undefined && { until }) };
    try {
      const taken = await deps.bans.add(ban);
      // EMQX answers with the existing ban, as JSON text. [emqx_mgmt_api_banned]
      if (taken) return fail(400, "ALREADY_EXISTS", JSON.stringify(banView(taken)));
    } catch (error) {
      if (error instanceof PatternListFull) return fail(400, "BAD_REQUEST", error.message);
      throw error;
    }
    await kickMatching(ban, deps);
    return banView(ban);
  },

  async deleteBan({ params: { as, who }, fail }, { bans }) {
    const normal = normalWho(as, who);
    if (normal === undefined) return fail(400, "BAD_REQUEST", problemOf(as));
    if (!(await bans.remove(as, normal))) return fail(404, "NOT_FOUND", `${as}: ${who} not found`);
  },

  async clearBans(_, { bans }) {
    await bans.clear();
    return undefined;
  },
});

/** The quotes are part of EMQX's text. [emqx_mgmt_api_banned] */
const problemOf = (as: BanKind) =>
  as === "peerhost_net" ? "who is not a range of addresses such as 192.168.5.0/24" : '"bad peerhost"';

function readExpression(text: string, fail: (error: BadExpression) => never) {
  try {
    return linearExpression(text);
  } catch (error) {
    if (error instanceof BadExpression) return fail(error);
    throw error;
  }
}

function listView({ bans, hasnext, count }: BanPage, { page, limit }: { page: number; limit: number }) {
  const meta = {
    ...{ page, limit },
    ...(hasnext !== undefined && { hasnext }),
    ...(count !== undefined && { count }),
  };
  return { data: bans.map(banView), meta };
}

/** A ban as the API shows it. */
function banView({ as, who, by, reason, at, until }: Ban) {
  const end = until === undefined ? "infinity" : rfc3339Seconds(until);
  return { as, who, by, reason, at: rfc3339Seconds(at), until: end };
}

const nowInSeconds = () => Math.floor(Date.now() / 1000);
