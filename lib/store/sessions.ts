import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Session } from "../records/session.ts";
import { type SessionState, visibleSession } from "../records/session-state.ts";
import { getItems } from "./batches.ts";
import { sumOf } from "./counts.ts";
import { type Database, isConditionFailure, type Key } from "./database.ts";
import { sessionKey, usernameKey } from "./hash-order.ts";
import { Listing, type StepsRequest } from "./listing.ts";
import type { Step } from "./matching-page.ts";
import { queryItems } from "./query.ts";
import { type SessionItem, toItem, toState } from "./session-item.ts";

/** The sessions of the registry. Lists are in hash order, which is total and does not change. */
export class Sessions extends Listing<SessionItem> {
  constructor(database: Database) {
    super(database, "session");
  }

  async get(clientid: string): Promise<Session | undefined> {
    return visible(await this.#getItem(clientid));
  }

  /** The sessions of the given clients, as far as there are any, in hash order. */
  async getMany(clientids: readonly string[]): Promise<Session[]> {
    return this.#getKeys([...new Set(clientids)].map(sessionKey));
  }

  /** The sessions of the given user names, in hash order. */
  async ofUsers(usernames: readonly string[]): Promise<Session[]> {
    const keys = await Promise.all([...new Set(usernames)].map((name) => this.#keysOfUser(name)));
    const sessions = await this.#getKeys(keys.flat());
    return sessions.filter(({ username }) => username !== undefined && usernames.includes(username));
  }

  /**
   * The sessions from `offset` (from 0) on, at most `limit`; whether there are more; and the number of all. A session
   * that has expired, and is not deleted yet, keeps its place and is not shown.
   */
  async page(offset: number, limit: number): Promise<{ sessions: Session[]; hasnext: boolean; all: number }> {
    const { items, ...rest } = await this.pageOfItems(offset, limit);
    return { sessions: items.flatMap((item) => visible(item) ?? []), ...rest };
  }

  /** How many sessions there are, and how many of them are connected. */
  async totals(): Promise<{ all: number; connected: number }> {
    const { counts, connected } = await this.directory.root();
    return { all: sumOf(counts), connected };
  }

  /** All sessions in hash order. */
  async *all(): AsyncGenerator<Session> {
    for await (const { rows } of this.behind("")) yield* rows;
  }

  /** The sessions behind a place in hash order, or all behind "", step by step; only items that hold `where` are sent. */
  async *behind(
    place: string,
    request: Pick<StepsRequest, "expected" | "where"> = {},
  ): AsyncGenerator<Step<Session>> {
    for await (const { rows, place: reached } of this.stepsFrom(place && `${place}\0`, request)) {
      yield { rows: rows.flatMap((item) => visible(item) ?? []), place: reached };
    }
  }

  /** What is remembered of a client, also if it is gone; consistent with all writes before. */
  async state(clientid: string): Promise<SessionState | undefined> {
    const item = await this.#getItem(clientid, true);
    return item && toState(item);
  }

  /** All that is remembered, of clients that are gone too. */
  async *states(): AsyncGenerator<SessionState> {
    for await (const item of this.itemsFrom("")) yield toState(item);
  }

  /** What is remembered of the shard of a place in hash order, from there on, and then from its beginning to there. */
  async *statesAround(place: string): AsyncGenerator<SessionState> {
    const shard = [place.charAt(0)];
    for await (const item of this.itemsFrom(place, undefined, shard)) yield toState(item);
    for await (const item of this.itemsFrom("", undefined, shard)) {
      if (item.sk >= place) return;
      yield toState(item);
    }
  }

  /**
   * Changes what is remembered of a client, in one write, and returns it. `change` is called again, with the newer
   * state, when somebody else wrote in between; it returns `undefined`, or the state it was given, to leave
   * everything as it is.
   */
  async change(clientid: string, change: StateChange): Promise<SessionState | undefined> {
    for (let consistent = false; ; consistent = true) {
      const item = await this.#getItem(clientid, consistent);
      const state = item && toState(item);
      const changed = await change(state);
      if (!changed || changed === state) return state;
      if (await this.#put(changed, item?.revision ?? 0)) return changed;
    }
  }

  async #put(state: SessionState, revision: number): Promise<boolean> {
    try {
      await this.database.client.send(
        new PutCommand({
          TableName: this.database.registry,
          Item: toItem(state, revision + 1),
          ConditionExpression: revision === 0 ? "attribute_not_exists(pk)" : "revision = :revision",
          ...(revision > 0 && { ExpressionAttributeValues: { ":revision": revision } }),
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  }

  async #getItem(clientid: string, consistent = false): Promise<SessionItem | undefined> {
    const { Item } = await this.database.client.send(
      new GetCommand({
        TableName: this.database.registry,
        Key: sessionKey(clientid),
        ConsistentRead: consistent,
      }),
    );
    return Item as SessionItem | undefined;
  }

  async #getKeys(keys: readonly Key[]): Promise<Session[]> {
    const items = (await getItems(this.database, "registry", keys)) as unknown as SessionItem[];
    items.sort((a, b) => (a.sk < b.sk ? -1 : 1));
    return items.flatMap((item) => visible(item) ?? []);
  }

  async #keysOfUser(username: string): Promise<Key[]> {
    const keys: Key[] = [];
    const found = queryItems<Key>(this.database, { username_key: usernameKey(username) });
    for await (const { pk, sk } of found) keys.push({ pk, sk });
    return keys;
  }
}

export type StateChange = (
  state: SessionState | undefined,
) => SessionState | undefined | Promise<SessionState | undefined>;

const visible = (item: SessionItem | undefined) => item && visibleSession(toState(item), Date.now());
