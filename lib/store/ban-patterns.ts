import { randomUUID } from "node:crypto";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { type Ban, type BannableClient, isOver, type PatternKind } from "../records/ban.ts";
import { banTest } from "../records/ban-test.ts";
import { putIf } from "./conditional-put.ts";
import type { Database, Key } from "./database.ts";
import { accessKeys } from "./tables.ts";

/** DynamoDB's limit for an item is 400 kB; JSON is never shorter than the item. */
const mostBytes = 350_000;

/** Each client that connects is compared with all of them. */
const mostPatterns = 1_000;

const pk = `${accessKeys.bans}patterns`;

/** Key of the item with the number of the newest version. */
export const patternVersionKey = { pk, sk: "version" } as const;

const listKey = { pk, sk: "list" } as const;

export type PatternBan = Ban<PatternKind>;

/** Changes that the list remembers: more than are ever made at the same time. */
const rememberedChanges = 50;

interface PatternList {
  version: number;
  bans: PatternBan[];
  /** Names of the newest changes, newest first: whoever did not hear that its change was made finds it here. */
  changes: string[];
}

/** The bans of patterns do not fit into their list. */
export class PatternListFull extends Error {
  override readonly name = "PatternListFull";
}

/**
 * The bans of patterns: one item with all of them, which is held in memory, and a small one with the number of its
 * version, by which the memory is checked.
 */
export class BanPatterns {
  readonly #database: Database;
  #known = { version: 0, tests: [] as PatternTest[] };

  constructor(database: Database) {
    this.#database = database;
  }

  /** All bans of patterns, also those that are over. */
  async list(): Promise<PatternBan[]> {
    return (await this.#read()).bans;
  }

  /**
   * Changes the list, of which bans that are over are dropped; `undefined` leaves it as it is. Of changes at the
   * same time, one is made after the other. Throws `PatternListFull`.
   */
  async change(
    change: (bans: readonly PatternBan[]) => readonly PatternBan[] | undefined,
    now: number,
  ): Promise<void> {
    const name = randomUUID();
    for (;;) {
      const { version, bans, changes } = await this.#read();
      if (changes.includes(name)) return;
      const changed = change(bans.filter((ban) => !isOver(ban, now)));
      if (!changed) return;
      checkSize(changed);
      // The number first: who knows an older one then reads the list again, even if the next write never happens.
      await this.#put({ ...patternVersionKey, version: version + 1 }, version + 1);
      const list = {
        version: version + 1,
        bans: changed,
        changes: [name, ...changes].slice(0, rememberedChanges),
      };
      if (await this.#put({ ...listKey, ...list }, version + 1)) return;
    }
  }

  /** Whether a pattern bans a client. `newest` is the number in the version item, 0 if there is none. */
  async ban(client: BannableClient, newest: number, now: number): Promise<boolean> {
    if (this.#known.version < newest) {
      const { version, bans } = await this.#read();
      this.#known = { version, tests: bans.map((ban) => ({ ban, matches: banTest(ban) })) };
    }
    return this.#known.tests.some(({ ban, matches }) => !isOver(ban, now) && matches(client));
  }

  async #read(): Promise<PatternList> {
    const { Item } = await this.#database.client.send(
      new GetCommand({ TableName: this.#database.access, Key: listKey, ConsistentRead: true }),
    );
    const { version = 0, bans = [], changes = [] } = (Item ?? {}) as Partial<PatternList>;
    return { version, bans, changes };
  }

  /** Writes one of the two items, and returns whether it did: an item never goes back to an earlier version. */
  async #put(Item: Key & Record<string, unknown>, version: number): Promise<boolean> {
    return putIf(this.#database, {
      TableName: this.#database.access,
      Item,
      ConditionExpression: "attribute_not_exists(pk) OR version < :version",
      ExpressionAttributeValues: { ":version": version },
    });
  }
}

interface PatternTest {
  ban: PatternBan;
  matches: (client: BannableClient) => boolean;
}

function checkSize(bans: readonly PatternBan[]): void {
  if (bans.length > mostPatterns) {
    throw new PatternListFull(`There are ${mostPatterns} bans of patterns, and no more fit`);
  }
  if (Buffer.byteLength(JSON.stringify(bans)) > mostBytes) {
    throw new PatternListFull(`All bans of patterns together take ${mostBytes} bytes at most`);
  }
}
