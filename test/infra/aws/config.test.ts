import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { type EnvironmentConfig, readConfig } from "../../../infra/aws/config.ts";
import { environments } from "../../../infra/aws/environments.ts";
import { Fleetgate } from "../../../infra/aws/fleetgate.ts";

test.each(Object.entries(environments))("the environment %s is valid", (name, config) => {
  expect(readConfig(name, config)).toMatchObject({ nodeName: "emqx@aws" });
});

test.each([
  [{ throttle: { rate: 0, burst: 1 } }, "throttle.rate"],
  [{ logRetentionDays: 8 }, "logRetentionDays"],
  [{ retention: 8 }, "retention: there is no such key"],
  [{ broker: { qos2: "maybe" } }, "broker.qos2"],
  [{ domain: { name: "api.example.com", certificateArn: "x" } }, "domain.certificateArn: not an ARN of acm"],
  [{ nodeName: "node" }, "nodeName: not of the form name@host"],
] as [EnvironmentConfig, string][])(
  "a wrong environment is refused with its key named: %j",
  (config, problem) => {
    expect(() => readConfig("prod", config)).toThrow(problem);
    expect(() => readConfig("prod", config)).toThrow('"prod" is not valid');
  },
);

function templateOf(config: EnvironmentConfig): Template {
  const stack = new Stack(new App(), "test");
  new Fleetgate(stack, "Fleetgate", config);
  return Template.fromStack(stack);
}

test("an environment may have its own name, browsers, firewall, broker and place for alarms", () => {
  const template = templateOf({
    keepData: false,
    domain: { name: "api.example.com", certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/x" },
    corsOrigins: ["https://example.com"],
    webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/x/y",
    broker: { endpoint: "abc-ats.iot.eu-west-1.amazonaws.com", qos2: "downgrade" },
    alarmTopicArn: "arn:aws:sns:eu-west-1:111122223333:alarms",
  });
  template.hasResourceProperties("AWS::ApiGateway::DomainName", { DomainName: "api.example.com" });
  template.hasResourceProperties("AWS::ApiGateway::BasePathMapping", { BasePath: "api" });
  template.resourceCountIs("AWS::WAFv2::WebACLAssociation", 1);
  template.resourceCountIs("Custom::AWS", 0);
  const { Properties } = Object.values(template.findResources("AWS::Lambda::Function"))[0] ?? {};
  expect(Properties.Environment.Variables).toMatchObject({
    CORS_ORIGINS: "https://example.com",
    IOT_ENDPOINT: "abc-ats.iot.eu-west-1.amazonaws.com",
    QOS2_POLICY: "downgrade",
  });
  for (const alarm of Object.values(template.findResources("AWS::CloudWatch::Alarm"))) {
    expect(alarm.Properties.AlarmActions).toEqual(["arn:aws:sns:eu-west-1:111122223333:alarms"]);
  }
  for (const table of Object.values(template.findResources("AWS::DynamoDB::GlobalTable"))) {
    expect(table.DeletionPolicy).toBe("Delete");
  }
});

test("without swaggerSupport there is neither a function nor a route of the API document", () => {
  const template = templateOf({ swaggerSupport: false });
  template.resourcePropertiesCountIs("AWS::Lambda::Function", { Description: "Fleetgate: api-docs" }, 0);
  template.resourcePropertiesCountIs("AWS::ApiGateway::Resource", { PathPart: "api-docs" }, 0);
  templateOf({}).resourcePropertiesCountIs("AWS::ApiGateway::Resource", { PathPart: "api-docs" }, 1);
});
