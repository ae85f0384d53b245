import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { filterOfShape, shapeOf } from "../mqtt/matching-filters.ts";
import { sharedTopic } from "../mqtt/topic.ts";
import type { Database } from "./database.ts";
import { topicEntriesStart, topicEntryKey } from "./hash-order.ts";
import { queryItems } from "./query.ts";

const shapesKey = { pk: "topic#shapes", sk: "shapes" };

/**
 * The subscriptions by topic filter: an entry for each, beside those of other clients to the same filter, and the
 * shapes of all filters. Shared subscriptions stand under the topic that they are about. Follows the subscriptions of
 * the registry by its change stream.
 */
export class TopicIndex {
  readonly #database: Database;
  readonly #knownShapes = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whether any session subscribes to a filter that matches a topic name. */
  async anyMatch(topic: string): Promise<boolean> {
    const { Item } = await this.#database.client.send(
      new GetCommand({ TableName: this.#database.registry, Key: shapesKey }),
    );
    const shapes = [...((Item?.shapes as Set<string> | undefined) ?? [])];
    const filters = new Set(shapes.flatMap((shape) => filterOfShape(topic, shape) ?? []));
    const found = await Promise.all([...filters].map((filter) => this.#isUsed(filter)));
    return found.includes(true);
  }

  /** Enters a client's subscription. May be done again. */
  async enter(clientid: string, subscribed: string): Promise<void> {
    const filter = sharedTopic(subscribed);
    await this.#learn(shapeOf(filter));
    await this.#database.client.send(
      new PutCommand({
        TableName: this.#database.registry,
        Item: { ...topicEntryKey(filter, clientid, subscribed), topic: filter, clientid },
      }),
    );
  }

  /** Removes a client's subscription. May be done again. */
  async remove(clientid: string, subscribed: string): Promise<void> {
    const Key = topicEntryKey(sharedTopic(subscribed), clientid, subscribed);
    await this.#database.client.send(new DeleteCommand({ TableName: this.#database.registry, Key }));
  }

  async #learn(shape: string): Promise<void> {
    if (this.#knownShapes.has(shape)) return;
    await this.#database.client.send(
      new UpdateCommand({
        TableName: this.#database.registry,
        Key: shapesKey,
        UpdateExpression: "ADD shapes :shape",
        ExpressionAttributeValues: { ":shape": new Set([shape]) },
      }),
    );
    this.#knownShapes.add(shape);
  }

  async #isUsed(filter: string): Promise<boolean> {
    const { pk, start } = topicEntriesStart(filter);
    for await (const _ of queryItems(this.#database, { pk, beginsWith: start, expected: 1 })) return true;
    return false;
  }
}
