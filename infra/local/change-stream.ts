import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { ItemChange } from "../../lib/store/directory-feed.ts";
import type { Dynamo, Json } from "./dynamo-engine.ts";

type Item = Record<string, AttributeValue>;

/** What the requests that write one item have in common. */
interface Write {
  TableName?: string;
  Item?: Item;
  Key?: Item;
}

/**
 * Plays the change stream of a table, which the embedded DynamoDB lacks, by standing in front of it: each PutItem and
 * DeleteItem on the table is told with the item before and after it, whoever makes it. Other writes of items that are
 * listed are not used.
 */
export class ChangeStream implements Dynamo {
  readonly #database: Dynamo;
  readonly #table: string;
  readonly #listeners: ((change: ItemChange) => void)[] = [];
  #sequence = 0;

  constructor(database: Dynamo, table: string) {
    this.#database = database;
    this.#table = table;
  }

  /** Tells of each change from now on, before whoever made it has its answer. */
  watch(listener: (change: ItemChange) => void): void {
    this.#listeners.push(listener);
  }

  async call(operation: string, input: Json): Promise<Json> {
    const isWrite = operation === "PutItem" || operation === "DeleteItem";
    if (!isWrite || input.TableName !== this.#table) return this.#database.call(operation, input);
    const answer = await this.#database.call(operation, { ...input, ReturnValues: "ALL_OLD" });
    this.#tell(input as Write, answer.Attributes as Item | undefined);
    return answer;
  }

  #tell({ Item, Key }: Write, before: Item | undefined): void {
    const { pk, sk } = unmarshall(Item ?? Key ?? {});
    this.#sequence += 1;
    const change: ItemChange = {
      ...{ pk, sk },
      before: before && unmarshall(before),
      after: Item && unmarshall(Item),
      sequence: String(this.#sequence).padStart(20, "0"),
    };
    for (const listener of this.#listeners) listener(change);
  }
}
