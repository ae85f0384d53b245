import { randomUUID } from "node:crypto";
import { DeleteCommand, GetCommand } from "@aws-sdk/lib-dynamodb";
import {
  type Ban,
  type BanKind,
  type BannableClient,
  type ExactKind,
  exactKinds,
  isOver,
  isPatternBan,
} from "../records/ban.ts";
import { addressKey } from "../records/ban-test.ts";
import { deleteAll, queryAccess } from "./access-items.ts";
import { BanPatterns, patternVersionKey } from "./ban-patterns.ts";
import { getItems } from "./batches.ts";
import { putIf, wasRepeated } from "./conditional-put.ts";
import type { Database, Key } from "./database.ts";
import { keyText } from "./hash-order.ts";
import { accessKeys } from "./tables.ts";

/**
 * The bans of the access table. An exact ban is an item of its own, found by its key; bans of patterns are one list.
 * Reads are consistent, so that every change counts for the next client. Bans that are over are neither shown nor
 * enforced, whether or not they are deleted yet. Times are epoch milliseconds.
 */
export class Bans {
  readonly #database: Database;
  readonly #patterns: BanPatterns;

  constructor(database: Database) {
    this.#database = database;
    this.#patterns = new BanPatterns(database);
  }

  /**
   * Adds a ban. Returns the one that is in the way, if the same kind and `who` are banned already. Throws
   * `PatternListFull`.
   */
  async add(ban: Ban, now = Date.now()): Promise<Ban | undefined> {
    if (!isPatternBan(ban)) return this.#addExact(ban, now);
    let taken: Ban | undefined;
    await this.#patterns.change((bans) => {
      taken = bans.find(isAbout(ban));
      return taken ? undefined : [...bans, ban];
    }, now);
    return taken;
  }

  /** The ban of exactly this; `who` is in the form in which it is kept. */
  async get(as: ExactKind, who: string, now = Date.now()): Promise<Ban | undefined> {
    const { Item } = await this.#database.client.send(
      new GetCommand({ TableName: this.#database.access, Key: keyOf(as, who), ConsistentRead: true }),
    );
    const ban = Item && toBan(Item);
    return ban && !isOver(ban, now) ? ban : undefined;
  }

  /** Bans of the given kinds: those of patterns as they were added, then exact ones by kind and `who`. */
  async *all(kinds: readonly BanKind[], now = Date.now()): AsyncGenerator<Ban> {
    for (const ban of await this.#patterns.list()) {
      if (kinds.includes(ban.as) && !isOver(ban, now)) yield ban;
    }
    for (const kind of exactKinds.filter((it) => kinds.includes(it))) {
      for await (const item of queryAccess(this.#database, partitionOf(kind))) {
        const ban = toBan(item);
        if (!isOver(ban, now)) yield ban;
      }
    }
  }

  /** Removes a ban. Returns whether there was one. */
  async remove(as: BanKind, who: string, now = Date.now()): Promise<boolean> {
    const exact = exactKinds.find((kind) => kind === as);
    if (exact) return this.#removeExact(exact, who, now);
    let found = false;
    await this.#patterns.change((bans) => {
      found = bans.some(isAbout({ as, who }));
      return found ? bans.filter((ban) => !isAbout({ as, who })(ban)) : undefined;
    }, now);
    return found;
  }

  /** Removes all bans. */
  async clear(): Promise<void> {
    await this.#patterns.change(() => [], Date.now());
    for (const kind of exactKinds) await deleteAll(this.#database, partitionOf(kind));
  }

  /** Whether a client is banned: by its id, its user name, its address, or a pattern. */
  async isBanned(client: BannableClient, now = Date.now()): Promise<boolean> {
    const { clientid, username, ip_address } = client;
    const asked = [
      keyOf("clientid", clientid),
      ...(username === undefined ? [] : [keyOf("username", username)]),
      ...(ip_address === undefined ? [] : [keyOf("peerhost", ip_address)]),
      patternVersionKey,
    ];
    const items = await getItems(this.#database, "access", asked, { ConsistentRead: true });
    const version = items.find(({ pk }) => pk === patternVersionKey.pk)?.version;
    const exact = items.filter(({ pk }) => pk !== patternVersionKey.pk).map(toBan);
    return exact.some((ban) => !isOver(ban, now)) || this.#patterns.ban(client, Number(version ?? 0), now);
  }

  async #addExact({ until, ...ban }: Ban, now: number): Promise<Ban | undefined> {
    const key = keyOf(ban.as as ExactKind, ban.who);
    // Tells this ban from one that says the same, where the answer to the put is lost.
    const change = randomUUID();
    for (;;) {
      const added = await putIf(this.#database, {
        TableName: this.#database.access,
        Item: { ...key, ...ban, expires_at: until, change },
        ConditionExpression: "attribute_not_exists(pk) OR expires_at <= :now",
        ExpressionAttributeValues: { ":now": Math.floor(now / 1000) },
      });
      if (added) return undefined;
      const taken = await this.get(ban.as as ExactKind, ban.who, now);
      if (taken) return taken;
    }
  }

  async #removeExact(as: ExactKind, who: string, now: number): Promise<boolean> {
    const known = await this.get(as, who, now);
    const outcome = await this.#database.client.send(
      new DeleteCommand({
        TableName: this.#database.access,
        Key: keyOf(as, who),
        ReturnValues: "ALL_OLD",
      }),
    );
    return known !== undefined && (outcome.Attributes !== undefined || wasRepeated(outcome));
  }
}

const partitionOf = (as: ExactKind) => `${accessKeys.bans}${as}`;

/** All notations of an address have the same key. */
const keyOf = (as: ExactKind, who: string): Key => ({
  pk: partitionOf(as),
  sk: keyText(as === "peerhost" ? addressKey(who) : who),
});

const isAbout =
  ({ as, who }: Pick<Ban, "as" | "who">) =>
  (ban: Ban) =>
    ban.as === as && ban.who === who;

function toBan({ as, who, by, reason, at, expires_at }: Record<string, unknown>): Ban {
  const known = { as, who, by, reason, at } as Ban;
  return expires_at === undefined ? known : { ...known, until: Number(expires_at) };
}
