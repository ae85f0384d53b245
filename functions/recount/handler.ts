import { work } from "../../lib/deps/work.ts";
import { listingsOf } from "../../lib/ingest/registry-changes.ts";
import { log } from "../../lib/log.ts";
import { correctDirectory } from "../../lib/store/recount.ts";
import { recount } from "./worker.ts";

/** Compares the counts with the registry, and corrects what was wrong twice. */
export const handler = work(recount, async (_: unknown, registry): Promise<void> => {
  for (const listing of listingsOf(registry)) {
    log("info", "recounted", { listing: listing.kind, ...(await correctDirectory(listing)) });
  }
});
