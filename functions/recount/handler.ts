import { work } from "../../lib/deps/work.ts";
import { log } from "../../lib/log.ts";
import { correctDirectory } from "../../lib/store/recount.ts";
import { recount } from "./worker.ts";

/** Compares the counts with the registry, and corrects what was wrong twice. */
export const handler = work(recount, async (_: unknown, { sessions }): Promise<void> => {
  log("info", "recounted", { ...(await correctDirectory(sessions)) });
});
