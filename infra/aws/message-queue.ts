import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { workerTimeout } from "./worker-function.ts";

/** How often a message is tried before it becomes a dead letter. */
const attempts = 5;

/** A queue that a worker empties, with one for dead letters. */
export class MessageQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  /** `patience` tells how many times as long as the worker may take a message stays hidden until it is tried again. */
  constructor(scope: Construct, id: string, { patience }: { patience: number }) {
    super(scope, id);
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    };
    this.deadLetters = new Queue(this, "DeadLetters", common);
    this.queue = new Queue(this, "Queue", {
      ...common,
      visibilityTimeout: Duration.seconds(workerTimeout.toSeconds() * patience),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: attempts },
    });
  }
}
