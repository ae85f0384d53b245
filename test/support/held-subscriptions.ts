import type { Database } from "../../lib/store/database.ts";
import { subscriptionsStart } from "../../lib/store/hash-order.ts";
import { queryItems } from "../../lib/store/query.ts";
import { collect } from "./collect.ts";

interface Held {
  session_identifier: string;
  topic: string;
  standing?: "gone";
}

/** The subscriptions that the table holds for a client, whatever session they belong to, without ended ones. */
export async function heldSubscriptions(database: Database, clientid: string): Promise<Held[]> {
  const { pk, start } = subscriptionsStart(clientid);
  const held = await collect(queryItems<Held>(database, { pk, beginsWith: start }));
  return held.filter(({ standing }) => standing !== "gone");
}
