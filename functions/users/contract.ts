import * as z from "zod/mini";
import { text } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";

const User = z.strictObject({
  username: z.string(),
  description: z.string(),
  role: z.string(),
  backend: z.literal("local"),
});

const username = text();

export const users = defineResource({
  name: "users",
  tag: "Dashboard",
  operations: {
    listUsers: {
      route: "GET /users",
      summary: "List all dashboard users",
      access: "token",
      answers: { 200: z.array(User) },
      needs: ["users:read"],
    },
    createUser: {
      route: "POST /users",
      summary: "Create a dashboard user",
      access: "token",
      bodyFields: { username, password: text(), role: z.optional(text()), description: text() },
      answers: { 200: User },
      errors: { 400: ["BAD_REQUEST"], 415: ["UNSUPPORTED_MEDIA_TYPE"] },
      needs: ["users:write"],
    },
    updateUser: {
      route: "PUT /users/{username}",
      summary: "Change description and role of a dashboard user",
      access: "token",
      params: { username },
      bodyFields: { role: z.optional(text()), description: text() },
      answers: { 200: User },
      errors: {
        400: ["BAD_REQUEST", "NOT_ALLOWED"],
        404: ["USER_NOT_FOUND"],
        415: ["UNSUPPORTED_MEDIA_TYPE"],
      },
      needs: ["users:write"],
    },
    deleteUser: {
      route: "DELETE /users/{username}",
      summary: "Delete a dashboard user",
      access: "token",
      params: { username },
      answers: { 204: null },
      errors: { 400: ["BAD_REQUEST", "NOT_ALLOWED"], 404: ["USER_NOT_FOUND"] },
      needs: ["users:write"],
    },
    changePassword: {
      route: "POST /users/{username}/change_pwd",
      summary: "Change the password of a dashboard user",
      description: "The old password is required from administrators too. All tokens of the user end.",
      selfService: "username",
      params: { username },
      bodyFields: { old_pwd: text(), new_pwd: text() },
      answers: { 204: null },
      errors: {
        400: ["BAD_REQUEST", "ERROR_PWD_NOT_MATCH"],
        404: ["USER_NOT_FOUND"],
        415: ["UNSUPPORTED_MEDIA_TYPE"],
      },
      needs: ["users:write"],
    },
  },
});
