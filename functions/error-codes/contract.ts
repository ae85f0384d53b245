import * as z from "zod/mini";
import { type PublishedErrorCode, publishedErrorCodes } from "../../lib/contract/errors.ts";
import { oneOf } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";

const [first, ...others] = Object.keys(publishedErrorCodes) as [PublishedErrorCode, ...PublishedErrorCode[]];

const ErrorCodeEntry = z.strictObject({ code: z.string(), description: z.string() });

export const errorCodes = defineResource({
  name: "error-codes",
  tag: "Error Codes",
  operations: {
    listErrorCodes: {
      route: "GET /error_codes",
      summary: "List the error codes",
      access: "open",
      answers: { 200: z.array(ErrorCodeEntry) },
    },
    getErrorCode: {
      route: "GET /error_codes/{code}",
      summary: "Describe an error code",
      access: "open",
      params: { code: oneOf([first, ...others]) },
      answers: { 200: ErrorCodeEntry },
      errors: { 400: ["BAD_REQUEST"] },
    },
  },
});
