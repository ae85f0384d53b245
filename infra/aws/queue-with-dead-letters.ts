import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { workerTimeout } from "./worker-function.ts";

/** How often a message is tried before it becomes a dead letter. */
const attempts = 5;

/** A queue that a worker works off, and one for what could not be worked off. */
export class QueueWithDeadLetters extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  /** `visibility` is how long a message is nobody else's, in times that the worker may run. */
  constructor(scope: Construct, id: string, visibility: number) {
    super(scope, id);
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    };
    this.deadLetters = new Queue(this, "DeadLetters", common);
    this.queue = new Queue(this, "Queue", {
      ...common,
      visibilityTimeout: Duration.seconds(workerTimeout.toSeconds() * visibility),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: attempts },
    });
  }
}
