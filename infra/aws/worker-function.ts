import { Duration } from "aws-cdk-lib";
import type { ITable, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource, SqsDlq, SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Worker } from "../../lib/contract/worker.ts";
import { FleetgateFunction, type FunctionContext } from "./function.ts";

/** How long a worker of a queue or a stream may take for a batch. */
export const workerTimeout = Duration.seconds(60);

export interface WorkerFunctionProps {
  readonly worker: Worker;
  readonly context: FunctionContext;
  readonly events: Queue;
  readonly registry: TableV2;
  /** Where changes go that could not be followed. */
  readonly lostChanges: Queue;
}

/** The function of a worker, with what runs it. */
export class WorkerFunction extends Construct {
  readonly lambda: FleetgateFunction;

  constructor(scope: Construct, id: string, { worker, context, ...sources }: WorkerFunctionProps) {
    super(scope, id);
    const scheduled = typeof worker.trigger === "object";
    this.lambda = new FleetgateFunction(this, "Function", {
      name: worker.name,
      description: worker.summary,
      needs: worker.needs,
      timeout: scheduled ? Duration.minutes(15) : workerTimeout,
      context,
    });
    this.#runBy(worker, sources);
  }

  #runBy(
    { trigger }: Worker,
    { events, registry, lostChanges }: Omit<WorkerFunctionProps, "worker" | "context">,
  ) {
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
          retryAttempts: 100,
          onFailure: new SqsDlq(lostChanges),
        }),
      );
    } else {
      const schedule = Schedule.rate(Duration.minutes(trigger.everyMinutes));
      new Rule(this, "Schedule", {
        schedule,
        targets: [new LambdaTarget(this.lambda, { retryAttempts: 0 })],
      });
    }
  }
}
