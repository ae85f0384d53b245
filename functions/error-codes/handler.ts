import { publishedErrorCodes } from "../../lib/contract/errors.ts";
import { serve } from "../../lib/http/serve.ts";
import { errorCodes } from "./contract.ts";

export const handler = serve(errorCodes, {
  listErrorCodes() {
    return Object.entries(publishedErrorCodes).map(([code, description]) => ({ code, description }));
  },

  getErrorCode({ params: { code } }) {
    return { code, description: publishedErrorCodes[code] };
  },
});
