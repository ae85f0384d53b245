import { type CfnElement, CustomResource, Duration, RemovalPolicy } from "aws-cdk-lib";
import type { ITable, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { FilterCriteria, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource, SqsDlq, SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Provider } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";
import type { Trigger, Worker } from "../../lib/contract/worker.ts";
import { orderedKinds } from "../../lib/store/hash-order.ts";
import { acceptFinding } from "./accepted-findings.ts";
import { FleetgateFunction, type FunctionContext } from "./function.ts";

/** How long a worker of a queue or a stream may take for a batch. */
export const workerTimeout = Duration.seconds(60);

export interface WorkerFunctionProps {
  readonly worker: Worker;
  readonly context: FunctionContext;
  readonly events: Queue;
  readonly delayed: Queue;
  readonly registry: TableV2;
  /** Where changes go that could not be followed. */
  readonly lostChanges: Queue;
  /** Names this deployment; a worker that is run by deployments runs when it differs from the last one's. */
  readonly deployment: string;
}

/** The function of a worker, with what runs it. */
export class WorkerFunction extends Construct {
  readonly lambda: FleetgateFunction;

  constructor(scope: Construct, id: string, props: WorkerFunctionProps) {
    super(scope, id);
    const { worker, context } = props;
    const scheduled = typeof worker.trigger === "object";
    this.lambda = new FleetgateFunction(this, "Function", {
      name: worker.name,
      description: worker.summary,
      needs: worker.needs,
      timeout: scheduled ? Duration.minutes(15) : workerTimeout,
      context,
    });
    this.#runBy(worker.trigger, props);
  }

  #runBy(trigger: Trigger, props: WorkerFunctionProps) {
    const { events, registry, lostChanges, deployment, context } = props;
    const { logRetention } = context;
    if (trigger === "lifecycle-events") {
      this.lambda.addEventSource(
        new SqsEventSource(events, {
          batchSize: 100,
          maxBatchingWindow: Duration.seconds(1),
          maxConcurrency: 20,
          reportBatchItemFailures: true,
        }),
      );
    } else if (trigger === "registry-changes") {
      this.lambda.addEventSource(
        // TableV2 is a table with a stream; its types say so less exactly than ours are read.
        new DynamoEventSource(registry as ITable, {
          startingPosition: StartingPosition.TRIM_HORIZON,
          batchSize: 1_000,
          maxBatchingWindow: Duration.seconds(1),
          // Only events of a tumbling window name their shard, which the counts need.
          tumblingWindow: Duration.seconds(30),
          // What can never be followed is parted from the rest of its batch, and becomes a dead letter alone.
          bisectBatchOnError: true,
          retryAttempts: 100,
          onFailure: new SqsDlq(lostChanges),
          // Only what is listed has counts and indexes that follow it.
          filters: [
            FilterCriteria.filter({
              dynamodb: { Keys: { pk: { S: orderedKinds.map((kind) => ({ prefix: `${kind}#` })) } } },
            }),
          ],
        }),
      );
    } else if (trigger === "delayed-messages") {
      this.lambda.addEventSource(
        new SqsEventSource(props.delayed, {
          batchSize: 10,
          maxConcurrency: 50,
          reportBatchItemFailures: true,
        }),
      );
    } else if (trigger === "deployment") {
      const logGroup = new LogGroup(this, "ProviderLog", {
        retention: logRetention,
        removalPolicy: RemovalPolicy.DESTROY,
      });
      const provider = new Provider(this, "Provider", { onEventHandler: this.lambda, logGroup });
      const arn = `<${this.lambda.stack.getLogicalId(this.lambda.node.defaultChild as CfnElement)}.Arn>`;
      acceptFinding(
        provider,
        `AwsSolutions-IAM5[Resource::${arn}:*]`,
        "It calls any version of the one function.",
      );
      // A property that differs makes CloudFormation run it at each deployment.
      const properties = { deployment };
      new CustomResource(this, "Run", { serviceToken: provider.serviceToken, properties });
    } else {
      const schedule = Schedule.rate(Duration.minutes(trigger.everyMinutes));
      new Rule(this, "Schedule", {
        schedule,
        targets: [new LambdaTarget(this.lambda, { retryAttempts: 0 })],
      });
      // The next run comes anyway; a second one beside it would count twice.
      this.lambda.configureAsyncInvoke({ retryAttempts: 0 });
    }
  }
}
