import * as z from "zod/mini";
import { text } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";

export const login = defineResource({
  name: "login",
  tag: "Dashboard",
  operations: {
    login: {
      route: "POST /login",
      summary: "Get a token for a user name and a password",
      access: "open",
      bodyFields: { username: text(), password: text() },
      answers: {
        200: z.strictObject({
          token: z.string(),
          version: z.string(),
          license: z.strictObject({ edition: z.literal("ce") }),
          role: z.string(),
        }),
      },
      errors: {
        400: ["BAD_REQUEST"],
        401: ["BAD_USERNAME_OR_PWD"],
        415: ["UNSUPPORTED_MEDIA_TYPE"],
      },
      needs: ["login"],
    },
  },
});
