import { rolesOf } from "../contract/resource.ts";
import { HttpError } from "./http-error.ts";
import type { Middleware } from "./http-request.ts";

/** Lets a caller pass whose role admits the operation; 403 otherwise. */
export function authorize(): Middleware {
  return {
    before: ({ internal: { caller, operation } }) => {
      if (!caller || rolesOf(operation).includes(caller.role)) return;
      throw new HttpError(
        403,
        "UNAUTHORIZED_ROLE",
        "This API Key don't have permission to access this resource",
      );
    },
  };
}
