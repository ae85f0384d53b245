import * as z from "zod/mini";
import { defineResource } from "../../lib/contract/resource.ts";

const Cluster = z.strictObject({ name: z.string(), nodes: z.array(z.string()), self: z.string() });

export const cluster = defineResource({
  name: "cluster",
  tag: "Cluster",
  operations: {
    getCluster: {
      route: "GET /cluster",
      summary: "Describe the cluster",
      answers: { 200: Cluster },
      needs: ["node"],
    },
  },
});
