import { keepToken } from "../auth/login-token.ts";
import { rolesOf } from "../contract/resource.ts";
import type { ApiDeps } from "../deps/types.ts";
import { HttpError } from "./http-error.ts";
import type { Caller, Found, Middleware } from "./http-request.ts";

/** Lets a caller pass whose role admits the operation; 403 otherwise. A token that was let in stays valid longer. */
export function authorize(deps: () => Pick<ApiDeps, "users">): Middleware {
  return {
    before: async ({ internal }) => {
      const { caller } = internal;
      if (!caller) return;
      if (!isAdmitted(caller, internal)) throw forbidden(caller);
      if (caller.kind === "token") await keepToken(deps().users, caller.token, caller.valid_until);
    },
  };
}

function isAdmitted(caller: Caller, { operation, pathParameters }: Found): boolean {
  if (rolesOf(operation).includes(caller.role)) return true;
  const { selfService } = operation;
  return caller.kind === "token" && selfService !== undefined && pathParameters[selfService] === caller.name;
}

const forbidden = ({ kind }: Caller) =>
  new HttpError(
    403,
    "UNAUTHORIZED_ROLE",
    `${kind === "api_key" ? "This API Key" : "You"} don't have permission to access this resource`,
  );
