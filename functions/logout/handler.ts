import { serve } from "../../lib/http/serve.ts";
import { logout } from "./contract.ts";

export const handler = serve(logout, {
  async logout({ body, caller, fail }, { users }) {
    if (caller?.kind !== "token" || caller.name !== body.username) {
      return fail(401, "WRONG_TOKEN_OR_USERNAME", "Ensure your token & username");
    }
    await users.removeToken(caller.token);
  },
});
