import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from "aws-cdk-lib/custom-resources";
import type { Construct } from "constructs";

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
  return lookup.getResponseField("endpointAddress");
}
