import { QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Database, Key } from "./database.ts";
import { usernameIndex } from "./tables.ts";

/** Items per Query while a list is read, and the fewest worth a call. */
const pageSize = { most: 1_000, least: 8 };

type Range =
  | { pk: string; beginsWith: string }
  | { pk: string /** The first sort key. */; start: string }
  | { pk: string /** The first and the last sort key. */; from: string; to: string }
  | { username_key: string };

export type ItemQuery = Range &
  Pick<QueryCommandInput, "ProjectionExpression" | "ConsistentRead"> & {
    /** How many items the caller is likely to take; all, if absent. */
    expected?: number | undefined;
  };

/** The items of the registry table in a range of one partition key, in key order, read page by page as they are taken. */
export async function* queryItems<Item>(database: Database, query: ItemQuery): AsyncGenerator<Item> {
  const { expected = Number.POSITIVE_INFINITY, ProjectionExpression, ConsistentRead } = query;
  let left = expected;
  let next: Key | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await database.client.send(
      new QueryCommand({
        TableName: database.registry,
        ...rangeOf(query),
        ProjectionExpression,
        ConsistentRead,
        Limit: Math.min(Math.max(left, pageSize.least), pageSize.most),
        ExclusiveStartKey: next,
      }),
    );
    yield* Items as Item[];
    left -= Items.length;
    next = LastEvaluatedKey as Key | undefined;
  } while (next);
}

function rangeOf(
  range: Range,
): Pick<QueryCommandInput, "IndexName" | "KeyConditionExpression" | "ExpressionAttributeValues"> {
  if ("username_key" in range) {
    return {
      IndexName: usernameIndex.name,
      KeyConditionExpression: "username_key = :user",
      ExpressionAttributeValues: { ":user": range.username_key },
    };
  }
  if ("from" in range) {
    return {
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
      ExpressionAttributeValues: { ":pk": range.pk, ":from": range.from, ":to": range.to },
    };
  }
  const [condition, start] =
    "start" in range ? ["sk >= :start", range.start] : ["begins_with(sk, :start)", range.beginsWith];
  return {
    KeyConditionExpression: `pk = :pk AND ${condition}`,
    ExpressionAttributeValues: { ":pk": range.pk, ":start": start },
  };
}
