import * as z from "zod/mini";
import { text } from "../../lib/contract/fields.ts";
import { defineResource } from "../../lib/contract/resource.ts";

export const apiDocs = defineResource({
  name: "api-docs",
  tag: "API Docs",
  files: ["swagger-ui-dist/swagger-ui-bundle.js", "swagger-ui-dist/swagger-ui.css"],
  operations: {
    redirectToIndex: {
      route: "GET /api-docs",
      summary: "Lead to the page of the API document",
      access: "open",
      outsidePrefix: "only",
      answers: { 301: null },
    },
    getFile: {
      route: "GET /api-docs/{file}",
      summary: "Show the page of the API document, or a file of it",
      access: "open",
      outsidePrefix: "only",
      params: { file: text() },
      answers: { 200: z.unknown(), 404: null },
      errors: { 400: ["BAD_REQUEST"] },
    },
  },
});
