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

/** What an item must hold to be sent; items that do not are read, and paid, all the same. */
export interface Condition {
  attribute: string;
  test: "contains" | "=" | ">=" | "<=";
  value: string | number;
}

export type ItemQuery = Range &
  Pick<QueryCommandInput, "ProjectionExpression" | "ConsistentRead"> & {
    /** How many items the caller is likely to take; all, if absent. */
    expected?: number | undefined;
    where?: readonly Condition[] | undefined;
  };

/** The items of the registry table in a range of one partition key, in key order, read page by page as they are taken. */
export async function* queryItems<Item>(database: Database, query: ItemQuery): AsyncGenerator<Item> {
  for await (const { items } of queryPages<Item>(database, query)) yield* items;
}

/** The same, page by page; `next` is the key behind which there may be more. */
export async function* queryPages<Item>(
  database: Database,
  query: ItemQuery,
): AsyncGenerator<{ items: Item[]; next: Key | undefined }> {
  const { expected = Number.POSITIVE_INFINITY, ProjectionExpression, ConsistentRead } = query;
  let left = expected;
  let next: Key | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await database.client.send(
      new QueryCommand({
        TableName: database.registry,
        ...conditionsOf(query),
        ProjectionExpression,
        ConsistentRead,
        Limit: Math.min(Math.max(left, pageSize.least), pageSize.most),
        ExclusiveStartKey: next,
      }),
    );
    left -= Items.length;
    next = LastEvaluatedKey as Key | undefined;
    yield { items: Items as Item[], next };
  } while (next);
}

type Expressions = Pick<
  QueryCommandInput,
  "IndexName" | "KeyConditionExpression" | "FilterExpression" | "ExpressionAttributeValues"
>;

function conditionsOf({ where = [], ...range }: ItemQuery): Expressions {
  const { ExpressionAttributeValues, ...key } = rangeOf(range);
  if (where.length === 0) return { ...key, ExpressionAttributeValues };
  const tests = where.map(({ attribute, test }, n) =>
    test === "contains" ? `contains(${attribute}, :w${n})` : `${attribute} ${test} :w${n}`,
  );
  const values = where.map(({ value }, n) => [`:w${n}`, value]);
  return {
    ...key,
    FilterExpression: tests.join(" AND "),
    ExpressionAttributeValues: { ...ExpressionAttributeValues, ...Object.fromEntries(values) },
  };
}

function rangeOf(range: Range): Expressions {
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
