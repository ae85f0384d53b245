import { type IoTClient, SearchIndexCommand } from "@aws-sdk/client-iot";
import { log } from "../../log.ts";

/** What an account without thing indexing, or without connectivity in it, answers. */
const withoutIndex = new Set([
  "IndexNotReadyException",
  "InvalidQueryException",
  "ResourceNotFoundException",
]);

/**
 * The clients that fleet indexing knows to be connected, as far as their client id is the name of a thing. Needs the
 * account's thing indexing with connectivity switched on; without it nobody is known. A failure is logged, and ends
 * the list early.
 */
export async function* connectedThings(client: IoTClient): AsyncGenerator<string> {
  const query = { indexName: "AWS_Things", queryString: "connectivity.connected:true", maxResults: 100 };
  let nextToken: string | undefined;
  try {
    do {
      const page = await client.send(new SearchIndexCommand({ ...query, nextToken }));
      for (const { thingName } of page.things ?? []) if (thingName) yield thingName;
      nextToken = page.nextToken;
    } while (nextToken);
  } catch (error) {
    if (error instanceof Error && withoutIndex.has(error.name)) return;
    log("error", "fleet indexing did not tell all connected things", { error });
  }
}
