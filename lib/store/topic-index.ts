import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { covers, fixedStart, nextCandidate } from "../mqtt/filter-cover.ts";
import { filterOfShape, shapeOf } from "../mqtt/matching-filters.ts";
import { namedFilter } from "../mqtt/shared-filter.ts";
import type { KnownOptions, Subscription } from "../records/session.ts";
import type { Database, Key } from "./database.ts";
import {
  entriesBehind,
  entriesOf,
  type FilterRange,
  filterEntryKey,
  isInTextOrder,
  rangesBelow,
  restOfRange,
} from "./filter-order.ts";
import { queryItems } from "./query.ts";
import { Routes } from "./routes.ts";
import { subscriptionOf, withoutDefaults } from "./subscription-item.ts";

/** Fewest and most entries that are read before it is looked which ones can be passed over. */
const step = { least: 16, most: 1_000 };

/**
 * Filters of more levels match no topic that anybody asks about: only AWS IoT Core does not tell by itself whether
 * somebody subscribes, its topics have 8 levels at most, and `a/#` matches `a` too.
 */
const mostLevels = 9;

const shapesKey = { pk: "topic#shapes", sk: "shapes" };

/** A subscription under its filter; `topic` is the filter as it is subscribed to. */
interface FilterEntry extends Key, KnownOptions {
  topic: string;
  clientid: string;
}

/**
 * The subscriptions by topic filter: an entry for each, in the order of filters, with the shapes of all filters and
 * the list of filters in use. Shared subscriptions stand under the topic that they are about. Follows the
 * subscriptions of the registry by its change stream.
 */
export class TopicIndex {
  readonly #database: Database;
  readonly #knownShapes = new Set<string>();
  readonly routes: Routes;

  constructor(database: Database) {
    this.#database = database;
    this.routes = new Routes(database);
  }

  /** Whether any session subscribes to a filter that matches a topic name of at most 8 levels. */
  async anyMatch(topic: string): Promise<boolean> {
    const { Item } = await this.#database.client.send(
      new GetCommand({ TableName: this.#database.registry, Key: shapesKey }),
    );
    const shapes = [...((Item?.shapes as Set<string> | undefined) ?? [])];
    const filters = new Set(shapes.flatMap((shape) => filterOfShape(topic, shape) ?? []));
    const found = await Promise.all([...filters].map((filter) => this.#holds(entriesOf(filter))));
    return found.includes(true);
  }

  /** The subscriptions to a topic by their filter's text: of a share group, or those that are not shared. */
  async *ofTopic(topic: string, group?: string): AsyncGenerator<Subscription> {
    for await (const entry of this.#entries(entriesOf(topic, group ?? null))) {
      const named = namedFilter(entry.topic);
      if (named.topic === topic && named.group === group) yield subscriptionOf(entry);
    }
  }

  /** The subscriptions of a share group. Reads the shared filters in use. */
  async *ofGroup(group: string): AsyncGenerator<Subscription> {
    for await (const filter of this.routes.shared()) {
      const named = namedFilter(filter);
      if (named.group === group) yield* this.ofTopic(named.topic, group);
    }
  }

  /** The filters in use that are about a topic: itself first, then shared ones. */
  async routesOf(topic: string): Promise<string[]> {
    const routes: string[] = [];
    for (let range = entriesOf(topic); ; ) {
      const { value } = await this.#entries(range, 1).next();
      if (!value) return routes;
      routes.push(value.topic);
      range = entriesBehind(topic, namedFilter(value.topic).group ?? null);
    }
  }

  /**
   * The subscriptions whose filter is covered by the given one. Its levels before the first wildcard are a range of
   * keys; behind them, what cannot be covered is passed over where the next Query begins. `expected` is how many are
   * likely to be taken.
   */
  async *covered(filter: string, expected: number): AsyncGenerator<Subscription> {
    const { levels, open } = fixedStart(filter);
    const size = Math.min(Math.max(expected, step.least), step.most);
    for (const range of rangesBelow(levels, open)) yield* this.#coveredIn(range, filter, size);
  }

  /** All subscriptions, in the order of their filters. */
  async *all(): AsyncGenerator<Subscription> {
    for (const range of rangesBelow([], true)) {
      for await (const entry of this.#entries(range)) yield subscriptionOf(entry);
    }
  }

  /** Reads in large steps where entries are covered, and in small ones while much is passed over between them. */
  async *#coveredIn(range: FilterRange, filter: string, full: number): AsyncGenerator<Subscription> {
    let size = full;
    for (let rest: FilterRange | undefined = range; rest; ) {
      const entries: FilterEntry[] = [];
      let found = false;
      for await (const entry of this.#entries(rest, size)) {
        entries.push(entry);
        if (covers(filter, namedFilter(entry.topic).topic)) {
          found = true;
          yield subscriptionOf(entry);
        }
        if (entries.length === size) break;
      }
      const last = entries.at(-1);
      if (!last || entries.length < size) return;
      const { topic } = namedFilter(last.topic);
      const next = isInTextOrder(topic) ? nextCandidate(filter, topic) : undefined;
      rest = restOfRange(rest, last.sk, next);
      if (found) size = full;
      else size = next?.startsWith(topic) === false ? step.least : Math.min(2 * size, step.most);
    }
  }

  /** Enters a client's subscription. May be done again. */
  async enter({
    clientid,
    topic,
    ...options
  }: { clientid: string; topic: string } & KnownOptions): Promise<void> {
    await this.#learn(shapeOf(namedFilter(topic).topic));
    await this.#database.client.send(
      new PutCommand({
        TableName: this.#database.registry,
        Item: { ...filterEntryKey(clientid, topic), topic, clientid, ...withoutDefaults(options) },
      }),
    );
  }

  /** Removes a client's subscription. May be done again. */
  async remove(clientid: string, topic: string): Promise<void> {
    const Key = filterEntryKey(clientid, topic);
    await this.#database.client.send(new DeleteCommand({ TableName: this.#database.registry, Key }));
  }

  /** Brings a filter into the list of filters in use, or out of it. To be called after entries of it changed. */
  async settle(filter: string): Promise<void> {
    const { topic, group } = namedFilter(filter);
    await this.routes.settle(filter, () => this.#holds(entriesOf(topic, group ?? null), true));
  }

  async #holds(range: FilterRange, ConsistentRead = false): Promise<boolean> {
    for await (const _ of this.#entries(range, 1, ConsistentRead)) return true;
    return false;
  }

  #entries(range: FilterRange, expected?: number, ConsistentRead = false): AsyncGenerator<FilterEntry> {
    return queryItems(this.#database, { ...range, expected, ConsistentRead });
  }

  async #learn(shape: string): Promise<void> {
    if (this.#knownShapes.has(shape) || shape.split("/").length > mostLevels) return;
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
}
