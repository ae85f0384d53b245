import { Validations } from "aws-cdk-lib";
import type { Construct } from "constructs";

const iot = "arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>";
const managed = "arn:<AWS::Partition>:iam::aws:policy/service-role";

/** Findings of cdk-nag's AwsSolutions rules that stay as they are, and why. */
export const acceptedFindings: Readonly<Record<string, string>> = {
  "AwsSolutions-APIG2": "The functions validate requests by the contracts, with EMQX's texts.",
  "AwsSolutions-APIG3": "A web ACL is the environment's choice: webAclArn.",
  "AwsSolutions-APIG4": "The functions authenticate, because EMQX's order puts routing before it.",
  "AwsSolutions-APIG6": "The functions log one line per request; execution logs would hold credentials.",
  "AwsSolutions-COG4": "Callers have API keys, not Cognito users.",
  "AwsSolutions-SMG4": "A key is rotated by its owner; a rotation nobody learns of would lock callers out.",
  "AwsSolutions-SQS3": "This queue is a dead-letter queue, of the change stream.",
  "AwsSolutions-IAM5[Resource::*]":
    "X-Ray, iot:DescribeEndpoint and iot:ListRetainedMessages have no resources to name.",
  [`AwsSolutions-IAM5[Resource::${iot}:client/*]`]: "The API manages every client.",
  [`AwsSolutions-IAM5[Resource::${iot}:topic/*]`]:
    "The API publishes to every topic; $aws/ is refused in code.",
  [`AwsSolutions-IAM4[Policy::${managed}/AWSLambdaBasicExecutionRole]`]:
    "It allows a function to write its log.",
  [`AwsSolutions-IAM4[Policy::${managed}/AmazonAPIGatewayPushToCloudWatchLogs]`]:
    "It allows API Gateway to write access logs.",
};

/** Acknowledges the accepted findings, on a construct and all within it. */
export function acceptFindings(scope: Construct): void {
  for (const [id, reason] of Object.entries(acceptedFindings)) acceptFinding(scope, id, reason);
}

/** Acknowledges one finding, on a construct and all within it. */
export function acceptFinding(scope: Construct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions::${id}`, reason });
}
