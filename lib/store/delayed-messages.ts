import { randomUUID } from "node:crypto";
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { forEachAtATime } from "../at-a-time.ts";
import type { DelayedMessage, DelayedRow } from "../records/delayed-message.ts";
import { wasRepeated } from "./conditional-put.ts";
import { type Database, isConditionFailure } from "./database.ts";
import {
  countKey,
  messageKey,
  rowKey,
  rowOf,
  rowsKey,
  toMessage,
  toMessageItem,
  toRowItem,
} from "./delayed-item.ts";

/** How many messages are removed at the same time. */
const removalsAtOnce = 20;

/** How many rows one Query of a list reads at most. */
const mostRows = 5_000;

/**
 * Messages that are held back until a time. Each has a row, in the order of these times, and an item with its
 * payload, so that a list reads no payloads. The item is what counts: whoever deletes it has removed the message.
 */
export class DelayedMessages {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps a message. Returns `false` if there are `limit` messages, 0 standing for any number. */
  async hold(message: DelayedMessage, limit: number): Promise<boolean> {
    if (!(await this.#count(1, limit))) return false;
    await this.#put(toMessageItem(message));
    await this.#put(toRowItem(message));
    return true;
  }

  /** Rows from an offset on, the one that is due last first. Reads the rows before them too. `total` is the number of all rows, if these end the list. */
  async page({ offset, limit }: { offset: number; limit: number }): Promise<{
    rows: DelayedRow[];
    total: number | undefined;
  }> {
    const rows: DelayedRow[] = [];
    let position = 0;
    const Limit = Math.min(offset + limit + 1, mostRows);
    for await (const row of this.#rows({ ScanIndexForward: false, Limit })) {
      if (position === offset + limit) return { rows, total: undefined };
      if (position >= offset) rows.push(row);
      position += 1;
    }
    return { rows, total: position };
  }

  /** How many messages are held back; it may be off by a few until the next recount. */
  async count(): Promise<number> {
    return Math.max(await this.#storedCount(), 0);
  }

  async get(msgid: string): Promise<DelayedMessage | undefined> {
    const { Item } = await this.#send(
      new GetCommand({ TableName: this.#table, Key: messageKey(msgid), ConsistentRead: true }),
    );
    return Item && toMessage(Item);
  }

  /**
   * Removes a message. Returns whether it was there. Its row goes first: who fails half-way can do it again, and no list
   * shows a message that cannot be read.
   */
  async remove(msgid: string): Promise<boolean> {
    const message = await this.get(msgid);
    if (!message) return false;
    await this.#send(new DeleteCommand({ TableName: this.#table, Key: rowKey(message) }));
    const outcome = await this.#send(
      new DeleteCommand({ TableName: this.#table, Key: messageKey(msgid), ReturnValues: "ALL_OLD" }),
    );
    if (outcome.Attributes) await this.#count(-1, 0);
    return outcome.Attributes !== undefined || wasRepeated(outcome);
  }

  /** Removes all messages to a topic, or all at all. Returns how many there were. Reads every row. */
  async removeAll(topic?: string): Promise<number> {
    const rows = await Array.fromAsync(this.#rows(topic === undefined ? {} : ofTopic(topic)));
    let removed = 0;
    await forEachAtATime(rows, removalsAtOnce, async (row) => {
      if (await this.remove(row.msgid)) removed += 1;
      else await this.#send(new DeleteCommand({ TableName: this.#table, Key: rowKey(row) }));
    });
    return removed;
  }

  /** Rows that are due by a time, in epoch milliseconds, the earliest first; `waiting` leaves out the queued ones. */
  dueBy(time: number, { waiting = false } = {}): AsyncGenerator<DelayedRow> {
    return this.#rows({
      KeyConditionExpression: "pk = :pk AND sk < :end",
      ExpressionAttributeValues: { ":pk": rowsKey, ":end": rowKey({ expected_at: time + 1, msgid: "" }).sk },
      ...(waiting && { FilterExpression: "attribute_not_exists(queued)" }),
    });
  }

  /** The row that is due first. */
  async next(): Promise<DelayedRow | undefined> {
    for await (const row of this.#rows({ Limit: 1 })) return row;
    return undefined;
  }

  /** Notes that a message is on its way to be delivered. */
  async markQueued(row: Pick<DelayedRow, "expected_at" | "msgid">): Promise<void> {
    await this.#unlessGone({
      Key: rowKey(row),
      UpdateExpression: "SET queued = :yes",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":yes": true },
    });
  }

  /**
   * Takes a message for delivery, and keeps others from it until a time, in epoch milliseconds. `gone` if it was
   * delivered or removed, `taken` if somebody else is delivering it.
   */
  async claim(msgid: string, until: number): Promise<DelayedMessage | "gone" | "taken"> {
    const claim = randomUUID();
    const claimed = await this.#unlessGone({
      Key: messageKey(msgid),
      UpdateExpression: "SET claimed_until = :until, claimed_by = :claim",
      ConditionExpression:
        "attribute_exists(pk) AND (attribute_not_exists(claimed_until) OR claimed_until < :now)",
      ExpressionAttributeValues: { ":until": until, ":claim": claim, ":now": Date.now() },
    });
    if (claimed) return toMessage(claimed);
    const { Item } = await this.#send(
      new GetCommand({ TableName: this.#table, Key: messageKey(msgid), ConsistentRead: true }),
    );
    if (!Item) return "gone";
    // An answer may have been lost, and the call been repeated: then it is this one that has claimed it.
    return Item.claimed_by === claim ? toMessage(Item) : "taken";
  }

  /** Gives a claimed message back, to be delivered at another time. */
  async release(msgid: string): Promise<void> {
    await this.#unlessGone({
      Key: messageKey(msgid),
      UpdateExpression: "REMOVE claimed_until, claimed_by",
      ConditionExpression: "attribute_exists(pk)",
    });
  }

  /**
   * Counts the messages anew. Returns by how much the count was off. Nothing is changed if the count changes meanwhile;
   * a message that is counted and has no row yet is missed until the next time.
   */
  async recount(): Promise<number> {
    const known = await this.#storedCount();
    const counted = (await Array.fromAsync(this.#rows({}))).length;
    if (counted === known) return 0;
    const done = await this.#unlessGone({
      Key: countKey,
      UpdateExpression: "SET n = :counted",
      ConditionExpression: "attribute_not_exists(n) OR n = :known",
      ExpressionAttributeValues: { ":counted": counted, ":known": known },
    });
    return done ? counted - known : 0;
  }

  async #storedCount(): Promise<number> {
    const { Item } = await this.#send(new GetCommand({ TableName: this.#table, Key: countKey }));
    return Number(Item?.n ?? 0);
  }

  /** Returns whether the count was changed; it is not if it has reached a limit. */
  async #count(by: 1 | -1, limit: number): Promise<boolean> {
    const limited = limit > 0 && {
      ConditionExpression: "attribute_not_exists(n) OR n < :limit",
    };
    const values = { ":by": by, ...(limit > 0 && { ":limit": limit }) };
    const done = await this.#unlessGone({
      Key: countKey,
      UpdateExpression: "ADD n :by",
      ...limited,
      ExpressionAttributeValues: values,
    });
    return done !== undefined;
  }

  /** Updates an item and returns it; `undefined` if the condition does not hold. */
  async #unlessGone(
    update: Omit<ConstructorParameters<typeof UpdateCommand>[0], "TableName">,
  ): Promise<Record<string, unknown> | undefined> {
    try {
      const command = new UpdateCommand({ TableName: this.#table, ReturnValues: "ALL_NEW", ...update });
      return (await this.#send(command)).Attributes;
    } catch (error) {
      if (isConditionFailure(error)) return undefined;
      throw error;
    }
  }

  async *#rows(query: Partial<QueryCommandInput>): AsyncGenerator<DelayedRow> {
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: "pk = :pk",
          ...query,
          ExpressionAttributeValues: { ":pk": rowsKey, ...query.ExpressionAttributeValues },
          ConsistentRead: true,
          ExclusiveStartKey,
        }),
      );
      for (const item of Items) yield rowOf(item as DelayedRow);
      ExclusiveStartKey = LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }

  #put(Item: Record<string, unknown>) {
    return this.#send(new PutCommand({ TableName: this.#table, Item }));
  }

  get #send() {
    return this.#database.client.send.bind(this.#database.client);
  }

  get #table(): string {
    return this.#database.registry;
  }
}

const ofTopic = (topic: string) => ({
  FilterExpression: "topic = :topic",
  ExpressionAttributeValues: { ":pk": rowsKey, ":topic": topic },
});
