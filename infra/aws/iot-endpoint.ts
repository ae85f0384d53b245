import { Stack } from "aws-cdk-lib";
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from "aws-cdk-lib/custom-resources";
import type { Construct } from "constructs";
import { acceptFindings } from "./accepted-findings.ts";

/** The host of the account's IoT data endpoint, found out at deployment. */
export function findIotEndpoint(scope: Construct, id: string): string {
  const call = {
    service: "IoT",
    action: "describeEndpoint",
    parameters: { endpointType: "iot:Data-ATS" },
    physicalResourceId: PhysicalResourceId.of("iot-data-ats"),
  };
  const lookup = new AwsCustomResource(scope, id, {
    onUpdate: call,
    installLatestAwsSdk: false,
    // iot:DescribeEndpoint has no resources to name.
    policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
  });
  // CDK keeps the function that makes such calls beside the stack's constructs, one for all.
  const callers = Stack.of(scope).node.children.filter(({ node }) => node.id.startsWith("AWS679f53"));
  for (const caller of callers) acceptFindings(caller);
  return lookup.getResponseField("endpointAddress");
}
