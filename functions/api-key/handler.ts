import { keyView, newKeyView, rotatedKeyView } from "../../lib/auth/key-view.ts";
import { addKey, deleteKey, type KeyRefusal, renewSecret, updateKey } from "../../lib/auth/manage-keys.ts";
import { serve } from "../../lib/http/serve.ts";
import { apiKey } from "./contract.ts";

const notFound = [404, "NOT_FOUND", "Name NOT FOUND"] as const;

export const handler = serve(apiKey, {
  async listApiKeys(_, { apiKeys }) {
    return (await apiKeys.list()).map(keyView);
  },

  async createApiKey({ body, fail }, { apiKeys }) {
    const added = await addKey(apiKeys, { ...body, role: body.role ?? "administrator" });
    return typeof added === "string" ? fail(400, "BAD_REQUEST", wireText(added)) : newKeyView(added);
  },

  async getApiKey({ params, fail }, { apiKeys }) {
    const key = await apiKeys.getByName(params.name);
    return key ? keyView(key) : fail(...notFound);
  },

  async updateApiKey({ params, body, fail }, { apiKeys }) {
    const { desc, enable, role, expired_at = "infinity" } = body;
    const key = await updateKey(apiKeys, params.name, { desc, enable, role, expired_at });
    return key ? keyView(key) : fail(...notFound);
  },

  async deleteApiKey({ params, fail }, { apiKeys }) {
    if (!(await deleteKey(apiKeys, params.name))) return fail(...notFound);
  },

  async rotateApiKey({ params, body, fail }, { apiKeys }) {
    const rotated = await renewSecret(apiKeys, params.name, body.grace_period);
    return rotated ? rotatedKeyView(rotated) : fail(...notFound);
  },
});

/** EMQX writes atoms as they are, and a text as JSON. */
function wireText(refusal: KeyRefusal): string {
  return refusal === "Maximum number of ApiKeys reached." ? JSON.stringify(refusal) : refusal;
}
