import { type IoTClient, SearchIndexCommand } from "@aws-sdk/client-iot";

/** What an account without thing indexing answers. */
const withoutIndex = new Set(["IndexNotReadyException", "ResourceNotFoundException"]);

/**
 * The clients that fleet indexing knows to be connected, as far as their client id is the name of a thing. Needs the
 * account's thing indexing with connectivity switched on; without it nobody is known.
 */
export async function* connectedThings(client: IoTClient): AsyncGenerator<string> {
  const query = { indexName: "AWS_Things", queryString: "connectivity.connected:true", maxResults: 250 };
  let nextToken: string | undefined;
  try {
    do {
      const page = await client.send(new SearchIndexCommand({ ...query, nextToken }));
      for (const { thingName } of page.things ?? []) if (thingName) yield thingName;
      nextToken = page.nextToken;
    } while (nextToken);
  } catch (error) {
    if (!(error instanceof Error && withoutIndex.has(error.name))) throw error;
  }
}
