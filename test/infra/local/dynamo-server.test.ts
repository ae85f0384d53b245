import { expect, onTestFinished, test } from "vitest";
import { openLocalDatabase } from "../../../infra/local/database.ts";

async function call(operation: string, body: string) {
  const local = await openLocalDatabase();
  onTestFinished(() => local.close());
  const response = await fetch(local.endpoint, {
    method: "POST",
    headers: { "x-amz-target": `DynamoDB_20120810.${operation}` },
    body,
  });
  return { status: response.status, json: await response.json() };
}

test("an operation is answered with JSON", async () => {
  const { status, json } = await call("ListTables", "{}");
  expect(status).toBe(200);
  expect(json).toEqual({ TableNames: ["fleetgate-access", "fleetgate-registry"] });
});

test("what is no operation, and what is no JSON, is refused", async () => {
  expect(await call("Toast", "{}")).toEqual({
    status: 400,
    json: { __type: "com.amazon.coral.service#UnknownOperationException" },
  });
  expect(await call("ListTables", "{")).toEqual({
    status: 400,
    json: { __type: "com.amazon.coral.service#SerializationException" },
  });
});
