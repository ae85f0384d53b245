import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** Loses the first answer to each call of some commands: it is done, and the SDK asks again. */
export function loseAnswers(client: DynamoDBClient, commands: RegExp): void {
  loseFirst(client, commands, "answer");
}

/** Loses the first request of each call of some commands: nothing is done, and the SDK asks again. */
export function loseRequests(client: DynamoDBClient, commands: RegExp): void {
  loseFirst(client, commands, "request");
}

function loseFirst(client: DynamoDBClient, commands: RegExp, what: "request" | "answer"): void {
  client.middlewareStack.add(
    (next, context) => {
      let lost = false;
      return async (args) => {
        if (lost || !commands.test(context.commandName ?? "")) return next(args);
        if (what === "answer") await next(args);
        lost = true;
        throw Object.assign(new Error(`the ${what} is lost`), { name: "TimeoutError" });
      };
    },
    { step: "deserialize", priority: "high", name: "loseFirst" },
  );
}
