/**
 * Fills the data folder of a local environment with a fleet of clients that are away, two subscriptions each:
 *
 *     node test/bench/seed.ts <folder> [number of sessions, default 100000]
 *     npm start -- --data <folder>
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openLocalDatabase } from "../../infra/local/database.ts";
import { neverExpires } from "../../lib/records/session.ts";
import { seedFleet } from "../support/seed-fleet.ts";

const [folder, count = "100000"] = process.argv.slice(2);
if (folder === undefined)
  throw new Error("Name the data folder: node test/bench/seed.ts <folder> [sessions]");
await mkdir(folder, { recursive: true });
const local = await openLocalDatabase(join(folder, "dynamodb"), { direct: true });
const started = Date.now();
await seedFleet(local.database, Number(count), {
  expiry_interval: neverExpires,
  disconnect: { version: 1, at: started },
});
await local.close();
process.stdout.write(`${count} sessions in ${Math.round((Date.now() - started) / 1000)} s\n`);
