import type { Handlers } from "../../lib/http/operation-function.ts";
import type { authorizationOperations } from "./authorization-contract.ts";
import { notFound } from "./not-found.ts";

type Authorization = Handlers<{ name: string; tag: string; operations: typeof authorizationOperations }>;

/** No decision is kept, so the cache of every client is empty. */
export const authorization: Authorization = {
  async listCachedDecisions({ params, fail }, { sessions }) {
    if (!(await sessions.get(params.clientid))) return fail(...notFound);
    return [];
  },

  async clearCachedDecisions({ params, fail }, { sessions }) {
    if (!(await sessions.get(params.clientid))) return fail(...notFound);
  },
};
