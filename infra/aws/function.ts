import { type Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Need } from "../../lib/contract/needs.ts";
import { type Grant, grantsOf, type Targets } from "./grants.ts";

/** What all functions of a deployment have in common. */
export interface FunctionContext {
  /** Folder of a function's bundle, by its name. */
  readonly bundleOf: (name: string) => string;
  readonly targets: Targets;
  readonly environment: Record<string, string>;
  readonly logRetention: RetentionDays;
}

export interface FleetgateFunctionProps {
  readonly name: string;
  readonly description: string;
  readonly needs: readonly Need[];
  readonly timeout: Duration;
  readonly context: FunctionContext;
  /** Grants beside those of the needs. */
  readonly grants?: readonly Grant[];
}

/** A function of ours: Node.js 24 on arm64, traced, with logs that expire, allowed what it needs. */
export class FleetgateFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: FleetgateFunctionProps) {
    const { name, description, needs, timeout, context, grants = [] } = props;
    super(scope, id, {
      description: `Fleetgate: ${description}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 1_024,
      timeout,
      tracing: Tracing.ACTIVE,
      code: Code.fromAsset(context.bundleOf(name)),
      handler: "index.handler",
      environment: context.environment,
      logGroup: new LogGroup(scope, "Log", {
        retention: context.logRetention,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
    for (const grant of [...grants, ...needs.flatMap((need) => grantsOf(need, context.targets))]) {
      this.addToRolePolicy(new PolicyStatement(grant));
    }
  }
}
