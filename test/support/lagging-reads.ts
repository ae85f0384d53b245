import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

interface Call {
  TableName?: string;
  Key?: { pk: string; sk: string };
  Item?: { pk: string; sk: string };
  ConsistentRead?: boolean;
}

const nameOf = ({ pk, sk }: { pk: string; sk: string }) => `${pk} ${sk}`;

/**
 * Lets every eventually consistent read of an item show it as it was before its newest write, which DynamoDB may do
 * and the embedded one never does.
 */
export function lagReads(client: DynamoDBClient): void {
  const before = new Map<string, Call["Item"]>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const { Item, Key, ConsistentRead = false } = args.input as Call;
      if (context.commandName === "PutItemCommand" && Item) {
        const result = await next({ ...args, input: { ...args.input, ReturnValues: "ALL_OLD" } });
        before.set(nameOf(Item), (result.output as { Attributes?: Call["Item"] }).Attributes);
        return result;
      }
      const result = await next(args);
      if (context.commandName !== "GetItemCommand" || ConsistentRead || !Key || !before.has(nameOf(Key))) {
        return result;
      }
      return { ...result, output: { ...result.output, Item: before.get(nameOf(Key)) } };
    },
    { step: "initialize", priority: "high", name: "lagReads" },
  );
}
