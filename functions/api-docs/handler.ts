import { readPackageFile } from "../../lib/deps/package-files.ts";
import { serve } from "../../lib/http/serve.ts";
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

  async getFile({ params, answer }) {
    if (params.file === "swagger.json") {
      // Every contract is loaded for it: when somebody asks, and not at each cold start.
      const { document } = await import("./document.ts");
      return answer(200, document);
    }
    const file = files.get(params.file);
    if (!file) return answer(404, undefined);
    return answer(200, file.content(), { "content-type": file.type, "cache-control": "max-age=3600" });
  },
});
