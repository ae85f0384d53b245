import { serve } from "../../lib/http/serve.ts";
import {
  type DelayedSettings,
  defaultDelayedSettings,
  delayedDocument,
} from "../../lib/records/delayed-message.ts";
import type { NodeFacts } from "../../lib/records/node.ts";
import { delayed as resource } from "./contract.ts";
import { payloadView, view } from "./view.ts";

type Document = Partial<DelayedSettings>;

type FailAddress = (status: 400, code: "INVALID_NODE" | "MESSAGE_ID_SCHEMA_ERROR", message: string) => never;

export const handler = serve(resource, {
  async getDelayed(_, { settings }) {
    return { ...defaultDelayedSettings, ...(await settings.read<Document>(delayedDocument)) };
  },

  async changeDelayed({ body: { enable, max_delayed_messages }, fail }, { settings, delayed }) {
    if (max_delayed_messages !== undefined && max_delayed_messages < 0) {
      return fail(400, "BAD_REQUEST", "Max delayed must be equal or greater than 0");
    }
    const document = await settings.change<Document>(delayedDocument, (now) => ({
      ...now,
      ...(enable !== undefined && { enable }),
      ...(max_delayed_messages !== undefined && { max_delayed_messages }),
    }));
    const changed = { ...defaultDelayedSettings, ...document };
    if (!changed.enable) await delayed.removeAll();
    return changed;
  },

  async listDelayed({ query: { page, limit } }, { delayed, node }) {
    const offset = (page - 1) * limit;
    const { rows, total } = await delayed.page({ offset, limit });
    const count = total ?? Math.max(await delayed.count(), offset + limit + 1);
    const meta = { page, limit, hasnext: total === undefined, count };
    return { data: rows.map((row) => view(row, node.name)), meta };
  },

  async getDelayedMessage({ params, fail }, { delayed, node }) {
    const msgid = addressOf(params, node, fail);
    const found = await delayed.get(msgid);
    if (!found) return fail(404, "MESSAGE_ID_NOT_FOUND", `Message ID ${params.msgid} not found`);
    return { ...view(found, node.name), payload: payloadView(found.payload) };
  },

  async removeDelayedMessage({ params, fail }, { delayed, node }) {
    const msgid = addressOf(params, node, fail);
    if (await delayed.remove(msgid)) return undefined;
    return fail(404, "MESSAGE_ID_NOT_FOUND", `Message ID ${params.msgid} not found`);
  },

  async removeDelayedTopic({ params: { topic }, fail }, { delayed }) {
    if (topic.split("/").some((level) => level === "+" || level === "#")) {
      return fail(400, "INVALID_TOPIC_NAME", `The topic name ${topic} is invalid`);
    }
    if ((await delayed.removeAll(topic)) > 0) return undefined;
    return fail(404, "MESSAGE_NOT_FOUND", `Not found messages for ${topic}`);
  },
});

/** The id of a message, in the spelling of the store. EMQX checks the id first for each name that it has ever seen. */
function addressOf(params: { node: string; msgid: string }, node: NodeFacts, fail: FailAddress): string {
  if (!/^[0-9A-F]{32}$/i.test(params.msgid)) {
    return fail(400, "MESSAGE_ID_SCHEMA_ERROR", `Message ID ${params.msgid} schema error`);
  }
  if (params.node !== node.name) {
    return fail(400, "INVALID_NODE", `The node name ${params.node} is invalid`);
  }
  return params.msgid.toUpperCase();
}
