import { expect, test } from "vitest";
import { DynamoEngine } from "../../../infra/local/dynamo-engine.ts";

const table = {
  TableName: "things",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
};

test("what was asked before it closes is answered, and what is asked after fails", async () => {
  const engine = await DynamoEngine.open();
  await engine.call("CreateTable", table);
  const described = engine.call("DescribeTable", { TableName: "things" });
  await engine.close();
  expect(await described).toMatchObject({ Table: { TableName: "things" } });
  await expect(engine.call("ListTables", {})).rejects.toThrow("The database is closed");
});

test("a request that DynamoDB would refuse fails with its error, and is not changed", async () => {
  const engine = await DynamoEngine.open();
  const input = { TableName: "nothing", Key: { pk: { S: "a" } }, Unknown: 1 };
  await expect(engine.call("GetItem", input)).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    statusCode: 400,
    message: "Requested resource not found",
  });
  expect(input).toEqual({ TableName: "nothing", Key: { pk: { S: "a" } }, Unknown: 1 });
  await engine.close();
});
