import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Database } from "./database.ts";
import { routeKey, routeShards } from "./hash-order.ts";
import { type Listed, Listing } from "./listing.ts";

interface RouteItem extends Listed {
  topic: string;
}

const { literal, wildcard } = routeShards;
const shardsOf = (digits: string) => [...digits].sort();
const unsharedShards = shardsOf(literal.plain + wildcard.plain);
const sharedShards = shardsOf(literal.shared + wildcard.shared);

/** The topic filters in use, one item for each, as they are subscribed to. Those without wildcards come first. */
export class Routes extends Listing<RouteItem> {
  constructor(database: Database) {
    super(database, "route");
  }

  /**
   * The filters from `offset` (from 0) on, at most `limit`; whether there are more; and the number of all. `unshared`
   * leaves shared ones out, and out of the number.
   */
  async page(
    offset: number,
    limit: number,
    { unshared = false } = {},
  ): Promise<{ topics: string[]; hasnext: boolean; all: number }> {
    const within = unshared ? unsharedShards : undefined;
    const { items, ...rest } = await this.pageOfItems(offset, limit, within);
    return { topics: items.map(({ topic }) => topic), ...rest };
  }

  /** All filters in use. */
  async *all(): AsyncGenerator<string> {
    for await (const { topic } of this.itemsFrom("")) yield topic;
  }

  /** All shared filters in use. */
  async *shared(): AsyncGenerator<string> {
    for await (const { topic } of this.itemsFrom("", undefined, sharedShards)) yield topic;
  }

  /**
   * Notes a filter while it is in use, and removes it when it is not. Called whenever that may have changed; may be
   * called again, and side by side: whoever writes looks again afterwards, so that the last one to look leaves what
   * it saw.
   */
  async settle(topic: string, isInUse: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const used = await isInUse();
      if (used === (await this.#isNoted(topic))) return;
      await (used ? this.#note(topic) : this.#remove(topic));
    }
  }

  async #note(topic: string): Promise<void> {
    const Item = { ...routeKey(topic), topic };
    await this.database.client.send(new PutCommand({ TableName: this.database.registry, Item }));
  }

  async #remove(topic: string): Promise<void> {
    const Key = routeKey(topic);
    await this.database.client.send(new DeleteCommand({ TableName: this.database.registry, Key }));
  }

  async #isNoted(topic: string): Promise<boolean> {
    const { Item } = await this.database.client.send(
      new GetCommand({
        TableName: this.database.registry,
        Key: routeKey(topic),
        ProjectionExpression: "pk",
        ConsistentRead: true,
      }),
    );
    return Item !== undefined;
  }
}
