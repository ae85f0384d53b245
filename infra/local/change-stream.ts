import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ItemChange } from "../../lib/store/directory-feed.ts";

type Item = NonNullable<ItemChange["before"]>;

/** What the document client's commands that write one item have in common. */
interface Write {
  TableName?: string;
  Item?: Item;
  Key?: Item;
}

/**
 * Plays the table's change stream, which the embedded DynamoDB lacks: each PutItem and DeleteItem of the client on
 * the table is told to `onChange` with the item before and after it. Only what goes through this client, and the
 * document client made from it, is seen.
 */
export function watchTable(
  client: DynamoDBClient,
  table: string,
  onChange: (change: ItemChange) => void,
): void {
  let sequence = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = args.input as Write;
      const watched = ["PutItemCommand", "DeleteItemCommand"].includes(context.commandName ?? "");
      if (!watched || input.TableName !== table) return next(args);
      const result = await next({ ...args, input: { ...args.input, ReturnValues: "ALL_OLD" } });
      const { Attributes: before } = result.output as { Attributes?: Item };
      const { pk = "", sk = "" } = input.Item ?? input.Key ?? {};
      sequence += 1;
      onChange({ pk, sk, before, after: input.Item, sequence: String(sequence).padStart(20, "0") });
      return result;
    },
    { step: "initialize", priority: "high", name: "watchTable" },
  );
}
