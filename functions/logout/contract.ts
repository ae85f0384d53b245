import { text } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";

export const logout = defineResource({
  name: "logout",
  tag: "Dashboard",
  operations: {
    logout: {
      route: "POST /logout",
      summary: "End the token of the request",
      access: "token",
      roles: ["administrator", "viewer"],
      bodyFields: { username: text() },
      answers: { 204: null },
      errors: {
        400: ["BAD_REQUEST"],
        401: ["WRONG_TOKEN_OR_USERNAME"],
        415: ["UNSUPPORTED_MEDIA_TYPE"],
      },
      needs: ["login"],
    },
  },
});
