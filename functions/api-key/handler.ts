import { makeKey, rotateKey } from "../../lib/auth/manage-keys.ts";
import { serve } from "../../lib/http/serve.ts";
import { rfc3339Seconds } from "../../lib/records/time.ts";
import { apiKey } from "./contract.ts";
import { keyView } from "./view.ts";

/** How many keys there may be. [emqx_mgmt_auth] */
const mostKeys = 100;

const notFound = [404, "NOT_FOUND", "Name NOT FOUND"] as const;

export const handler = serve(apiKey, {
  async listApiKeys(_, { apiKeys }) {
    return (await apiKeys.list()).map(keyView);
  },

  async createApiKey({ body, fail }, { apiKeys }) {
    const known = await apiKeys.list();
    if (known.length >= mostKeys) {
      return fail(400, "BAD_REQUEST", '"Maximum number of ApiKeys reached."');
    }
    if (known.some(({ name }) => name === body.name)) return fail(400, "BAD_REQUEST", "name_already_existed");
    const { key, secret } = await makeKey({ ...body, role: body.role ?? "administrator" });
    if (!(await apiKeys.add(key))) return fail(400, "BAD_REQUEST", "api_key_already_existed");
    return { ...keyView(key), api_secret: secret };
  },

  async getApiKey({ params, fail }, { apiKeys }) {
    const key = await apiKeys.getByName(params.name);
    return key ? keyView(key) : fail(...notFound);
  },

  async updateApiKey({ params, body, fail }, { apiKeys }) {
    const key = await apiKeys.getByName(params.name);
    if (!key) return fail(...notFound);
    const { desc = key.desc, enable = key.enable, role = key.role, expired_at } = body;
    const { expired_at: _, ...kept } = key;
    const changed = { ...kept, desc, enable, role, ...(expired_at !== undefined && { expired_at }) };
    return (await apiKeys.replace(changed)) ? keyView(changed) : fail(...notFound);
  },

  async deleteApiKey({ params, fail }, { apiKeys }) {
    const key = await apiKeys.getByName(params.name);
    if (!key || !(await apiKeys.remove(key))) return fail(...notFound);
  },

  async rotateApiKey({ params, body, fail }, { apiKeys }) {
    const known = await apiKeys.getByName(params.name);
    if (!known) return fail(...notFound);
    const { key, secret } = await rotateKey(known, body.grace_period);
    if (!(await apiKeys.replace(key))) return fail(...notFound);
    const until = key.previous_valid_until ?? key.secret_created_at ?? 0;
    return { ...keyView(key), api_secret: secret, previous_valid_until: rfc3339Seconds(until) };
  },
});
