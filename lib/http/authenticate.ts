import { readCredentials } from "../auth/credentials.ts";
import { keyOwner } from "../auth/key-owner.ts";
import { checkToken } from "../auth/login-token.ts";
import type { ErrorCode } from "../contract/errors.ts";
import { apiKeyMaxAge } from "../deps/settings.ts";
import type { ApiDeps } from "../deps/types.ts";
import { HttpError } from "./http-error.ts";
import type { Caller, Middleware } from "./http-request.ts";

type Identities = Pick<ApiDeps, "apiKeys" | "users">;

/** Finds out who calls; 401 if nobody whom we know. Operations that are open to everyone ask nothing. */
export function authenticate(deps: () => Identities): Middleware {
  const maxAge = apiKeyMaxAge();
  return {
    before: async ({ event, internal }) => {
      const { access = "credentials", route } = internal.operation;
      if (access === "open") return;
      // Two headers are one malformed value, as in EMQX.
      const credentials = readCredentials(event.multiValueHeaders.authorization?.join(", "));
      if (credentials.scheme === "bearer") {
        internal.caller = await tokenOwner(deps(), credentials.token);
        return;
      }
      if (credentials.scheme !== "basic") {
        throw unauthorized("AUTHORIZATION_HEADER_ERROR", "Support authorization: basic/bearer ");
      }
      // EMQX refuses keys on these routes before it looks at them. [emqx_dashboard:authorize/2]
      if (access === "token") throw keyNotAllowed(route);
      const { apiKeys } = deps();
      const key = "malformed" in credentials ? undefined : await keyOwner(apiKeys, credentials, maxAge);
      if (!key) throw unauthorized("BAD_API_KEY_OR_SECRET", "Check api_key/api_secret");
      internal.caller = { kind: "api_key", name: key.name, api_key: key.api_key, role: key.role };
    },
  };
}

async function tokenOwner({ users }: Identities, token: string): Promise<Caller> {
  const check = await checkToken(users, token);
  if (check.state === "expired") {
    throw new HttpError(401, "TOKEN_TIME_OUT", "Token expired, get new token by POST /login");
  }
  if (check.state === "unknown") throw new HttpError(401, "BAD_TOKEN", "Get a token by POST /login");
  const { user, valid_until } = check;
  return { kind: "token", name: user.username, role: user.role, token, valid_until };
}

function keyNotAllowed(route: string): HttpError {
  return unauthorized(
    "API_KEY_NOT_ALLOW",
    `Please use bearer Token instead, using API key/secret in ${route.split("/")[1]} path is not permitted`,
  );
}

const unauthorized = (code: ErrorCode, message: string) =>
  new HttpError(401, code, message, { "WWW-Authenticate": 'Basic Realm="emqx-dashboard"' });
