import { forEachAtATime } from "../../lib/at-a-time.ts";
import type { RetainedTopic } from "../../lib/broker/broker.ts";
import type { DepsFor } from "../../lib/deps/types.ts";
import { serve } from "../../lib/http/serve.ts";
import {
  type RetainerSettings,
  retainerDocument,
  retainerRules,
} from "../../lib/records/retainer-settings.ts";
import { retainer as resource } from "./contract.ts";
import { allRows, oldestFirst, payloadView, rowsUnder, view } from "./messages.ts";
import { changesOf, shownSettings, unchangeable } from "./settings.ts";

type Document = Partial<RetainerSettings>;

/** How many messages are removed at the same time. */
const discardsAtOnce = 20;

export const handler = serve(resource, {
  async getRetainer(_, { settings, broker: { retainer } }) {
    return shownSettings(retainer, await settings.read<Document>(retainerDocument));
  },

  async changeRetainer({ body, fail }, { settings, broker: { retainer } }) {
    const changes = changesOf(body);
    const document = await settings.change<Document>(retainerDocument, (now) => {
      const fixed = unchangeable(retainer, shownSettings(retainer, now), changes);
      if (fixed) return fail(400, "BAD_REQUEST", `The broker alone decides ${fixed}, it cannot be changed`);
      if (changes.backend?.enable === false) return fail(400, "UPDATE_FAILED", "no_enabled_backend\n");
      return { ...now, ...changes };
    });
    // Another change may have come since.
    const newest = await settings.read<Document>(retainerDocument);
    retainer.configure?.(retainerRules(newest ?? document));
    return shownSettings(retainer, document);
  },

  async listRetained({ query: { topic, page, limit } }, deps) {
    const offset = (page - 1) * limit;
    if (topic !== undefined) {
      const rows = await rowsUnder(deps, topic);
      return {
        data: pageOf(rows, offset, limit),
        meta: { page, limit, hasnext: rows.length > offset + limit },
      };
    }
    const all = await allRows(deps);
    const rows = oldestFirst(all);
    const hasnext = rows.length > offset + limit;
    return { data: pageOf(rows, offset, limit), meta: { page, limit, hasnext, count: all.length } };
  },

  async discardAllRetained(_, deps) {
    return discardAll(await allRows(deps), deps);
  },

  async getRetained({ params: { topic }, fail }, deps) {
    for (const row of await rowsUnder(deps, topic)) {
      const found = await deps.broker.retained(row.topic);
      if (found) return { ...view(found), ...payloadView(found.payload) };
    }
    return fail(404, "NOT_FOUND", "Viewed message doesn't exist");
  },

  async discardRetained({ params: { topic }, fail }, deps) {
    const rows = await rowsUnder(deps, topic);
    if (rows.length === 0) return fail(404, "NOT_FOUND", "Viewed message doesn't exist");
    return discardAll(rows, deps);
  },
});

const pageOf = (rows: readonly RetainedTopic[], offset: number, limit: number) =>
  rows.slice(offset, offset + limit).map(view);

async function discardAll(rows: readonly RetainedTopic[], { broker }: DepsFor<"broker:discard-retained">) {
  await forEachAtATime(rows, discardsAtOnce, ({ topic }) => broker.discardRetained(topic));
  return undefined;
}
