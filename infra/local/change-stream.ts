import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { ItemChange } from "../../lib/store/directory-feed.ts";

type Item = Record<string, AttributeValue>;

/** What the commands that write one item have in common. */
interface Write {
  TableName?: string;
  Item?: Item;
  Key?: Item;
  ReturnValues?: string;
}

/**
 * Plays the table's change stream, which the embedded DynamoDB lacks: each PutItem and DeleteItem of the client on
 * the table is told to `onChange` with the item before and after it. Only what goes through this client is seen.
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
      const { pk, sk } = unmarshall(input.Item ?? input.Key ?? {});
      sequence += 1;
      onChange({
        pk,
        sk,
        before: before && unmarshall(before),
        after: input.Item && unmarshall(input.Item),
        sequence: String(sequence).padStart(20, "0"),
      });
      return result;
    },
    { step: "initialize", priority: "low", name: "watchTable" },
  );
}
