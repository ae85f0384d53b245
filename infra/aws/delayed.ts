import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { workerTimeout } from "./worker-function.ts";

/** How often a message is tried before it becomes a dead letter. */
const attempts = 5;

/** The way of delayed messages to their delivery: a queue whose timers hold them back, with one for dead letters. */
export class DelayedDelivery extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    };
    this.deadLetters = new Queue(this, "DeadLetters", common);
    this.queue = new Queue(this, "Queue", {
      ...common,
      // Shorter than AWS's advice, because a message that failed is late already.
      visibilityTimeout: Duration.seconds(workerTimeout.toSeconds() * 2),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: attempts },
    });
  }
}
