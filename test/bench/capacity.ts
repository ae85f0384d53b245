import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

export interface Units {
  read: number;
  write: number;
}

/** Adds up the capacity units of all calls of a client; each call of what is returned tells them and begins anew. */
export function meter(client: DynamoDBClient): () => Units {
  let spent: Units = { read: 0, write: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
      const { ConsumedCapacity } = result.output as {
        ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
      };
      const units = [ConsumedCapacity].flat().reduce((sum, it) => sum + (it?.CapacityUnits ?? 0), 0);
      if (/^(Put|Update|Delete|BatchWrite)/.test(context.commandName ?? "")) spent.write += units;
      else spent.read += units;
      return result;
    },
    { step: "initialize", priority: "high", name: "meter" },
  );
  return () => {
    const result = spent;
    spent = { read: 0, write: 0 };
    return result;
  };
}
