import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Loses the first answer to each call of some commands: it is done, and the SDK asks again. */
export function loseAnswers(client: DynamoDBClient, commands: RegExp): void {
  client.middlewareStack.add(
    (next, context) => {
      let lost = false;
      return async (args) => {
        const result = await next(args);
        if (lost || !commands.test(context.commandName ?? "")) return result;
        lost = true;
        throw Object.assign(new Error("the answer is lost"), { name: "TimeoutError" });
      };
    },
    { step: "deserialize", priority: "high", name: "loseAnswers" },
  );
}
