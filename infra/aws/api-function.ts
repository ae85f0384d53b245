import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { needsOf, type Resource } from "../../lib/contract/resource.ts";
import { authenticationGrants, grantsOf, type Targets } from "./grants.ts";

export interface ApiFunctionProps {
  readonly resource: Resource;
  /** Folder of its bundle. */
  readonly bundle: string;
  readonly targets: Targets;
  readonly environment: Record<string, string>;
}

/** The function of a resource, allowed what its operations need. */
export class ApiFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, { resource, bundle, targets, environment }: ApiFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Log", {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.lambda = new LambdaFunction(this, "Function", {
      description: `Fleetgate: ${resource.tag}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 1_024,
      timeout: Duration.seconds(29),
      code: Code.fromAsset(bundle),
      handler: "index.handler",
      environment,
      logGroup,
    });
    const grants = [
      ...authenticationGrants(targets),
      ...needsOf(resource).flatMap((need) => grantsOf(need, targets)),
    ];
    for (const grant of grants) this.lambda.addToRolePolicy(new PolicyStatement(grant));
  }
}
