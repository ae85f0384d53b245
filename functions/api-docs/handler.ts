import { openApiDocument } from "../../lib/contract/openapi.ts";
import type { Resource } from "../../lib/contract/resource.ts";
import { readPackageFile } from "../../lib/deps/package-files.ts";
import { serve } from "../../lib/http/serve.ts";
import * as resources from "../index.ts";
import { apiDocs } from "./contract.ts";
import { page } from "./page.ts";

interface File {
  type: string;
  content: () => string;
}

const script = {
  type: "text/javascript",
  content: () => readPackageFile("swagger-ui-dist/swagger-ui-bundle.js"),
};
const style = { type: "text/css", content: () => readPackageFile("swagger-ui-dist/swagger-ui.css") };

const files: ReadonlyMap<string, File> = new Map([
  ["index.html", { type: "text/html", content: () => page }],
  ["swagger-ui-bundle.js", script],
  ["swagger-ui.css", style],
]);

export const handler = serve(apiDocs, {
  redirectToIndex({ path, answer }) {
    return answer(301, undefined, { location: `${path.replace(/\/$/, "")}/index.html` });
  },

  getFile({ params, answer }) {
    if (params.file === "swagger.json") {
      return answer(200, openApiDocument(Object.values<Resource>(resources)));
    }
    const file = files.get(params.file);
    if (!file) return answer(404, undefined);
    return answer(200, file.content(), { "content-type": file.type, "cache-control": "max-age=3600" });
  },
});
