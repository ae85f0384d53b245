import { readCredentials } from "../auth/credentials.ts";
import { verifySecret } from "../auth/verify-secret.ts";
import type { ErrorCode } from "../contract/errors.ts";
import type { ApiDeps } from "../deps/types.ts";
import { HttpError } from "./http-error.ts";
import type { Caller, Middleware } from "./http-request.ts";

type Keys = Pick<ApiDeps, "apiKeys">;

/** Finds out who calls; 401 if nobody whom we know. Operations that are open to everyone ask nothing. */
export function authenticate(deps: () => Keys): Middleware {
  return {
    before: async ({ event, internal }) => {
      const { access = "credentials" } = internal.operation;
      if (access === "open") return;
      const credentials = readCredentials(event.multiValueHeaders.authorization?.join(", "));
      if (credentials.scheme === "none" || credentials.scheme === "unsupported") {
        throw unauthorized("AUTHORIZATION_HEADER_ERROR", "Support authorization: basic/bearer ");
      }
      if (credentials.scheme === "bearer") {
        throw new HttpError(401, "BAD_TOKEN", "Get a token by POST /login");
      }
      // EMQX refuses keys on these routes before it looks at them. [emqx_dashboard:authorize/2]
      if (access === "token") throw keyNotAllowed(internal.operation.route);
      const caller =
        "malformed" in credentials
          ? undefined
          : await callerOf(deps(), credentials.api_key, credentials.secret);
      if (!caller) throw unauthorized("BAD_API_KEY_OR_SECRET", "Check api_key/api_secret");
      internal.caller = caller;
    },
  };
}

async function callerOf({ apiKeys }: Keys, api_key: string, secret: string): Promise<Caller | undefined> {
  const key = await apiKeys.get(api_key);
  const right = await verifySecret(secret, key?.secret_hash);
  const expired = key?.expired_at !== undefined && key.expired_at < Math.floor(Date.now() / 1000);
  if (!key?.enable || !right || expired) return undefined;
  return { kind: "api_key", name: key.name, role: key.role };
}

function keyNotAllowed(route: string): HttpError {
  return unauthorized(
    "API_KEY_NOT_ALLOW",
    `Please use bearer Token instead, using API key/secret in <${route.split("/")[1]}> path is not permitted`,
  );
}

const unauthorized = (code: ErrorCode, message: string) =>
  new HttpError(401, code, message, { "WWW-Authenticate": 'Basic Realm="emqx-dashboard"' });
