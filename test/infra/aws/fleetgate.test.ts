import { App, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { beforeAll, expect, test } from "vitest";
import * as resources from "../../../functions/index.ts";
import * as workers from "../../../functions/workers.ts";
import { Fleetgate } from "../../../infra/aws/fleetgate.ts";
import { gatewayRoutes } from "../../../lib/contract/gateway-routes.ts";
import type { Need } from "../../../lib/contract/needs.ts";
import { isAudited, needsOf, type Resource } from "../../../lib/contract/resource.ts";
import type { Worker } from "../../../lib/contract/worker.ts";

const all = Object.values<Resource>(resources);
let template: Template;

beforeAll(() => {
  const stack = new Stack(new App(), "test");
  new Fleetgate(stack, "Fleetgate");
  template = Template.fromStack(stack);
});

test("every resource and worker has one traced arm64 function on Node 24 with logs that expire", () => {
  const ours = { Runtime: "nodejs24.x", Architectures: ["arm64"], TracingConfig: { Mode: "Active" } };
  const functions = Object.values(template.findResources("AWS::Lambda::Function", { Properties: ours }));
  expect(functions).toHaveLength(all.length + Object.keys(workers).length);
  for (const { Properties } of Object.values(template.findResources("AWS::Logs::LogGroup"))) {
    expect(Properties.RetentionInDays).toBe(30);
  }
});

test("the API is regional, its stage is `api`, and each of its routes streams the answer of its function", () => {
  template.hasResourceProperties("AWS::ApiGateway::RestApi", {
    EndpointConfiguration: { Types: ["REGIONAL"] },
  });
  template.hasResourceProperties("AWS::ApiGateway::Stage", { StageName: "api" });
  const methods = template.findResources("AWS::ApiGateway::Method");
  expect(Object.keys(methods)).toHaveLength(all.flatMap(gatewayRoutes).length);
  template.allResourcesProperties("AWS::ApiGateway::Method", {
    HttpMethod: "ANY",
    Integration: Match.objectLike({ Type: "AWS_PROXY", ResponseTransferMode: "STREAM" }),
  });
});

test("tables are kept, protected and restorable, and expired items are deleted", () => {
  template.resourceCountIs("AWS::DynamoDB::GlobalTable", 2);
  template.allResources("AWS::DynamoDB::GlobalTable", {
    DeletionPolicy: "Retain",
    Properties: Match.objectLike({
      BillingMode: "PAY_PER_REQUEST",
      TimeToLiveSpecification: { AttributeName: "expires_at", Enabled: true },
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    }),
  });
  template.hasResourceProperties("AWS::DynamoDB::GlobalTable", {
    StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
});

/** What each need stands for, told a second time so that a wider grant is noticed. */
const actionsByNeed: Record<Need, string[]> = {
  node: [],
  "registry:read": ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
  "registry:write": ["dynamodb:GetItem", "dynamodb:PutItem"],
  "registry:ingest": [
    ...["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
    "dynamodb:Query",
  ],
  "registry:follow": [
    ...["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
    "dynamodb:UpdateItem",
  ],
  "keys:read": ["dynamodb:GetItem", "dynamodb:Query"],
  "keys:write": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
  "audit:read": ["dynamodb:Query"],
  "settings:read": ["dynamodb:GetItem"],
  "settings:write": ["dynamodb:GetItem", "dynamodb:PutItem"],
  "users:read": ["dynamodb:GetItem", "dynamodb:Query"],
  "users:write": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
  "bans:read": ["dynamodb:GetItem", "dynamodb:Query"],
  "bans:write": [
    ...["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
    "dynamodb:Query",
  ],
  "bans:check": ["dynamodb:BatchGetItem", "dynamodb:GetItem"],
  "delayed:hold": [
    ...["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    "sqs:SendMessage",
  ],
  "delayed:read": ["dynamodb:GetItem", "dynamodb:Query"],
  "delayed:write": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
  "delayed:plan": ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "sqs:SendMessage"],
  "delayed:deliver": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:UpdateItem"],
  login: ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
  "bootstrap-secret": ["secretsmanager:GetSecretValue"],
  "dead-letters": ["sqs:SendMessage"],
  fleet: ["iot:SearchIndex"],
  "broker:publish": ["iot:Publish", "iot:RetainPublish"],
  "broker:inspect": ["iot:GetConnection", "iot:ListSubscriptions"],
  "broker:queues": [],
  "broker:kick": ["iot:DeleteConnection"],
  "broker:control": [],
  "broker:statistics": [],
  "broker:retained": ["iot:GetRetainedMessage", "iot:ListRetainedMessages"],
  "broker:discard-retained": ["iot:Publish", "iot:RetainPublish"],
  "broker:configure": [],
  "broker:features": [],
};

test.each(all)("$name is allowed what its operations need, and nothing more", (resource) => {
  const needed = needsOf(resource).flatMap((need) => actionsByNeed[need]);
  const tracing = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];
  const audit = isAudited(resource) ? ["dynamodb:PutItem"] : [];
  const expected = new Set(["dynamodb:GetItem", "dynamodb:UpdateItem", ...audit, ...needed, ...tracing]);
  expect(actionsOf(resource.name)).toEqual([...expected].sort());
});

test("only tracing, the endpoint's look-up and the list of retained messages, which have no resources to name, name every resource", () => {
  const statements = Object.values(template.findResources("AWS::IAM::Policy")).flatMap(
    ({ Properties }) =>
      Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
  );
  const wide = statements.filter(({ Resource }) => Resource === "*").flatMap(({ Action }) => Action);
  expect([...new Set(wide)].sort()).toEqual([
    "iot:DescribeEndpoint",
    "iot:ListRetainedMessages",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ]);
});

test("lifecycle events go through rules into a queue, and what fails into another one that is watched", () => {
  for (const topic of ["presence", "subscriptions"]) {
    template.hasResourceProperties("AWS::IoT::TopicRule", {
      TopicRulePayload: {
        Sql: Match.stringLikeRegexp(`FROM '\\$aws/events/${topic}/#'`),
        Actions: [{ Sqs: Match.anyValue() }],
        ErrorAction: { Sqs: Match.anyValue() },
      },
    });
  }
  template.hasResourceProperties("AWS::SQS::Queue", {
    RedrivePolicy: Match.anyValue(),
    VisibilityTimeout: 360,
  });
  template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    BatchSize: 100,
  });
  template.hasResourceProperties("AWS::CloudWatch::Alarm", {
    AlarmDescription: "Lifecycle events could not be brought in",
    MetricName: "ApproximateNumberOfMessagesVisible",
    Threshold: 0,
  });
});

test("changes of the registry are followed in windows, which name the shard of the stream", () => {
  template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    StartingPosition: "TRIM_HORIZON",
    TumblingWindowInSeconds: 30,
    DestinationConfig: Match.anyValue(),
  });
});

test("a change that can never be followed is parted from its batch, and becomes a dead letter that is watched", () => {
  template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    TumblingWindowInSeconds: 30,
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 100,
    DestinationConfig: Match.anyValue(),
  });
  template.hasResourceProperties("AWS::CloudWatch::Alarm", {
    AlarmDescription: "Changes of the registry could not be followed",
    Threshold: 0,
  });
});

test("delayed messages wait in a queue of their own, and what cannot be published goes to another that is watched", () => {
  template.hasResourceProperties("AWS::SQS::Queue", {
    RedrivePolicy: { deadLetterTargetArn: Match.anyValue(), maxReceiveCount: 5 },
    VisibilityTimeout: 120,
  });
  template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    BatchSize: 10,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    MaximumBatchingWindowInSeconds: Match.absent(),
  });
  template.hasResourceProperties("AWS::Events::Rule", { ScheduleExpression: "rate(5 minutes)" });
  template.hasResourceProperties("AWS::CloudWatch::Alarm", {
    AlarmDescription: "Delayed messages could not be published",
    Threshold: 0,
  });
  const allowed = ["delayed*", "banned#*"].map((key) => ({
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [key] },
  }));
  for (const { name } of [workers.deliverDelayed, workers.planDelayed]) {
    const statements = statementsOf(name).filter(({ Action }) => `${Action}`.startsWith("dynamodb:"));
    expect(statements.length).toBeGreaterThan(0);
    for (const { Condition } of statements) expect(allowed).toContainEqual(Condition);
  }
});

test("in the access table a function reaches only items of the kinds that it needs", () => {
  const [table] = Object.keys(template.findResources("AWS::DynamoDB::GlobalTable")).filter((id) =>
    id.includes("Access"),
  );
  const reached = (name: string) =>
    statementsOf(name)
      .filter(({ Resource }) => JSON.stringify(Resource).includes(String(table)))
      .map(({ Condition }) => Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"]);
  for (const { name } of [...all, ...Object.values<Worker>(workers)]) {
    expect(reached(name), name).not.toContain(undefined);
  }
  expect(new Set(reached("status").flat())).toEqual(new Set(["api_key", "user", "token#*"]));
  expect(reached("retainer").flat()).toContain("setting#*");
  expect(reached("clients").flat()).toContain("audit#*");
});

test("only changes of what is listed are followed", () => {
  const S = [{ prefix: "session#" }, { prefix: "subscription#" }, { prefix: "route#" }];
  template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ dynamodb: { Keys: { pk: { S } } } }) }] },
  });
});

test("the API of each environment has a name of its own, by which its metrics go", () => {
  const names = ["Dev", "Prod"].map((id) => {
    const stack = new Stack(new App(), id);
    new Fleetgate(stack, "Fleetgate");
    const [api] = Object.values(Template.fromStack(stack).findResources("AWS::ApiGateway::RestApi"));
    return api?.Properties.Name;
  });
  expect(new Set(names).size).toBe(2);
});

test("keys of a secret with a KMS key of the customer can be read", () => {
  const stack = new Stack(new App(), "test");
  const secret = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:keys-AbCdEf";
  const key = "arn:aws:kms:eu-west-1:111111111111:key/k";
  new Fleetgate(stack, "Fleetgate", { bootstrapSecretArn: secret, bootstrapSecretKeyArn: key });
  Template.fromStack(stack).hasResourceProperties("AWS::IAM::Policy", {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Action: "kms:Decrypt", Resource: key })]),
    },
  });
});

test("workers that run by a schedule are not run again when they fail", () => {
  const scheduled = Object.values<Worker>(workers).filter(({ trigger }) => typeof trigger === "object");
  template.resourcePropertiesCountIs(
    "AWS::Lambda::EventInvokeConfig",
    { MaximumRetryAttempts: 0 },
    scheduled.length,
  );
});

test("what the gateway answers itself has the shape of EMQX's errors", () => {
  template.hasResourceProperties("AWS::ApiGateway::GatewayResponse", {
    ResponseType: "INTEGRATION_TIMEOUT",
    StatusCode: "504",
    ResponseTemplates: { "application/json": Match.stringLikeRegexp('"code":"SERVICE_UNAVAILABLE"') },
  });
});

test("the outputs name the endpoint", () => {
  template.hasOutput("*", { Description: "Base URL of the API" });
});

/** The actions of the policy of a resource's function, each once, in order. */
function actionsOf(name: string): string[] {
  return [...new Set(statementsOf(name).flatMap(({ Action }) => Action))].sort();
}

interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, string[]>>;
}

function statementsOf(name: string): Statement[] {
  const prefix = `Fleetgate${name.replaceAll("-", "")}Function`;
  const policies = Object.entries(template.findResources("AWS::IAM::Policy"));
  const [, policy] = policies.find(([id]) => id.startsWith(prefix)) ?? [];
  return policy?.Properties.PolicyDocument.Statement ?? [];
}
