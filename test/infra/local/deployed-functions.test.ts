import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadDeployedFunctions } from "../../../infra/local/deployed-functions.ts";
import { defineResource } from "../../../lib/contract/resource.ts";
import { temporaryFolder } from "../../support/program.ts";

const things = defineResource({ name: "things", tag: "Things", operations: {} });
const others = defineResource({ name: "others", tag: "Things", operations: {} });

const services = {
  accessTable: "the-access-table",
  registryTable: "the-registry-table",
  dynamoEndpoint: "http://127.0.0.1:1",
  iotEndpoint: "http://127.0.0.1:2",
  sqsEndpoint: "http://127.0.0.1:3",
};

/** What a function may find in its environment, beside what this process has. */
const variables = [
  ...["ACCESS_TABLE", "REGISTRY_TABLE", "IOT_ENDPOINT", "NODE_NAME", "AWS_ENDPOINT_URL_DYNAMODB"],
  ...["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
];

let assembly: string;

beforeEach(async () => {
  for (const name of variables) vi.stubEnv(name, undefined);
  assembly = await temporaryFolder();
});

afterEach(() => vi.unstubAllEnvs());

/** A function of a template; its bundle answers with a text. */
async function bundle(name: string, answer: string, variables: Record<string, unknown> = {}) {
  const folder = join(assembly, `asset.${name}-hash`);
  await mkdir(folder);
  await writeFile(
    join(folder, "index.cjs"),
    `exports.handler = async (event, stream) => { stream.end(${JSON.stringify(answer)} + event.path); };`,
  );
  return {
    Type: "AWS::Lambda::Function",
    Properties: {
      Description: `Fleetgate: ${name}`,
      Handler: "index.handler",
      Code: { S3Bucket: "assets", S3Key: `${name}-hash.zip` },
      Environment: { Variables: variables },
    },
  };
}

const synthesise = (Resources: Record<string, unknown>) =>
  writeFile(join(assembly, "Fleetgate.template.json"), JSON.stringify({ Resources }));

async function answerOf(run: ReturnType<typeof loadDeployedFunctions>[number]["run"] | undefined) {
  const stream = new PassThrough();
  await run?.({ path: "/x" } as APIGatewayProxyEvent, stream, {} as Context);
  return text(stream);
}

test("each resource gets the bundle that was synthesised for it", async () => {
  await synthesise({
    Table: { Type: "AWS::DynamoDB::Table", Properties: {} },
    Others: await bundle("others", "others at "),
    Things: await bundle("things", "things at "),
    Unknown: { Type: "AWS::Lambda::Function", Properties: { Handler: "x.y", Code: {} } },
  });
  const loaded = loadDeployedFunctions(assembly, [things, others], services);
  expect(loaded.map(({ resource }) => resource)).toEqual([things, others]);
  expect(await answerOf(loaded[0]?.run)).toBe("things at /x");
  expect(await answerOf(loaded[1]?.run)).toBe("others at /x");
});

test("the template's variables are set, and what they refer to is what plays it here", async () => {
  const given = { NODE_NAME: "emqx@aws", ACCESS_TABLE: { Ref: "Table" }, IOT_ENDPOINT: { "Fn::GetAtt": [] } };
  await synthesise({ Things: await bundle("things", "", given) });
  loadDeployedFunctions(assembly, [things], services);
  expect(process.env).toMatchObject({
    ...{ NODE_NAME: "emqx@aws", ACCESS_TABLE: services.accessTable, IOT_ENDPOINT: services.iotEndpoint },
    ...{ AWS_ENDPOINT_URL_DYNAMODB: services.dynamoEndpoint, AWS_REGION: "local" },
    ...{ AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
  });
  expect(process.env).not.toHaveProperty("REGISTRY_TABLE");
});

test("a folder that holds no template is told how to make one", () => {
  expect(() => loadDeployedFunctions(assembly, [things], services)).toThrow("npx cdk synth");
});

test("a resource without a function is named", async () => {
  await synthesise({ Others: await bundle("others", "") });
  expect(() => loadDeployedFunctions(assembly, [things], services)).toThrow("no function for things");
});

test("a bundle without the handler of its template is named", async () => {
  const { Type, Properties } = await bundle("things", "");
  await synthesise({ Things: { Type, Properties: { ...Properties, Handler: "index.other" } } });
  expect(() => loadDeployedFunctions(assembly, [things], services)).toThrow("exports no other");
});
