import { Duration } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnTopicRule } from "aws-cdk-lib/aws-iot";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { workerTimeout } from "./worker-function.ts";

/** Topics of lifecycle events. Ids with slashes add levels, so the rules end in `#`. */
const sources = {
  Presence: "$aws/events/presence/#",
  Subscriptions: "$aws/events/subscriptions/#",
} as const;

/** How often an event is tried before it becomes a dead letter. */
const attempts = 5;

/** The way of lifecycle events from IoT Core to ingest: topic rules into a queue, with one for dead letters. */
export class LifecycleEvents extends Construct {
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
      // AWS's advice: six times as long as the function may take.
      visibilityTimeout: Duration.seconds(workerTimeout.toSeconds() * 6),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: attempts },
    });
    const role = new Role(this, "RuleRole", { assumedBy: new ServicePrincipal("iot.amazonaws.com") });
    role.addToPolicy(
      new PolicyStatement({
        actions: ["sqs:SendMessage"],
        resources: [this.queue.queueArn, this.deadLetters.queueArn],
      }),
    );
    const into = ({ queueUrl }: Queue) => ({ sqs: { queueUrl, roleArn: role.roleArn, useBase64: false } });
    for (const [name, topic] of Object.entries(sources)) {
      new CfnTopicRule(this, name, {
        topicRulePayload: {
          description: `Fleetgate: ${topic}`,
          awsIotSqlVersion: "2016-03-23",
          sql: `SELECT *, topic() AS event_topic, timestamp() AS received_at FROM '${topic}'`,
          actions: [into(this.queue)],
          errorAction: into(this.deadLetters),
        },
      });
    }
  }
}
