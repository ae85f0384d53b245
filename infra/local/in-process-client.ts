import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { DocumentClient } from "../../lib/store/database.ts";
import type { Dynamo, Json } from "./dynamo-engine.ts";

/**
 * A document client that asks a database in this process: without HTTP, and without the SDK's chain of steps around
 * each request, which takes longer than a read.
 */
export function inProcessClient(dynamo: Dynamo): DocumentClient {
  const send = async (command: { constructor: { name: string }; input: object }) => {
    const output = await dynamo.call(operationOf(command), translate(command.input as Json, toDynamo));
    return { $metadata: {}, ...translate(output, fromDynamo) };
  };
  return { send: send as DocumentClient["send"] };
}

/** `PutItem` for a `PutCommand`; queries and scans have one name everywhere. */
function operationOf(command: { constructor: { name: string } }): string {
  const name = command.constructor.name.replace(/Command$/, "");
  return /^(Query|Scan)$/.test(name) ? name : `${name}Item`;
}

/** Turns one item into the other form. */
type ItemForm = (item: Json) => Json;

/** Fields that hold an item. */
const ofItem = [
  "Item",
  "Key",
  "ExpressionAttributeValues",
  "ExclusiveStartKey",
  "LastEvaluatedKey",
  "Attributes",
];

/** Fields that hold what is to be done, by table. */
const ofBatch = ["RequestItems", "UnprocessedKeys", "UnprocessedItems"];

/** A request or an answer with its items in the other form. */
function translate(fields: Json, form: ItemForm): Json {
  const translated = { ...fields };
  const change = (names: readonly string[], map: (value: unknown) => unknown) => {
    for (const name of names) if (fields[name]) translated[name] = map(fields[name]);
  };
  change(ofItem, (item) => form(item as Json));
  change(["Items"], (items) => (items as Json[]).map(form));
  change(["Responses"], (tables) => byTable(tables, (items) => (items as Json[]).map(form)));
  change(ofBatch, (tables) => byTable(tables, (batch) => translateBatch(batch, form)));
  return translated;
}

function byTable(tables: unknown, map: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(tables as Json).map(([table, value]) => [table, map(value)]));
}

/** What is to be read from one table, or written to it. */
function translateBatch(batch: unknown, form: ItemForm): unknown {
  if (!Array.isArray(batch)) {
    const { Keys, ...rest } = batch as { Keys: Json[] };
    return { ...rest, Keys: Keys.map(form) };
  }
  return batch.map((write: Json) =>
    Object.fromEntries(Object.entries(write).map(([kind, one]) => [kind, translate(one as Json, form)])),
  );
}

const toDynamo: ItemForm = (item) =>
  mapBinary(marshall(item, { removeUndefinedValues: true }), (bytes) =>
    Buffer.from(bytes as Uint8Array).toString("base64"),
  );

const fromDynamo: ItemForm = (item) =>
  unmarshall(
    mapBinary(item, (text) => new Uint8Array(Buffer.from(text as string, "base64"))) as Record<
      string,
      AttributeValue
    >,
  );

/** Brings the bytes of an item, which are base64 in JSON, into the other form; most items have none. */
function mapBinary(attributes: Json, map: (binary: unknown) => unknown): Json {
  for (const name in attributes) mapValue(attributes[name] as Json, map);
  return attributes;
}

function mapValue(value: Json, map: (binary: unknown) => unknown): void {
  if (value.B !== undefined) value.B = map(value.B);
  else if (value.BS !== undefined) value.BS = (value.BS as unknown[]).map(map);
  else if (value.M !== undefined) mapBinary(value.M as Json, map);
  else if (value.L !== undefined) for (const it of value.L as Json[]) mapValue(it, map);
}
