import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnTopicRule } from "aws-cdk-lib/aws-iot";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { QueueWithDeadLetters } from "./queue-with-dead-letters.ts";

/** Topics of lifecycle events. Ids with slashes add levels, so the rules end in `#`. */
const sources = {
  Presence: "$aws/events/presence/#",
  Subscriptions: "$aws/events/subscriptions/#",
} as const;

/** The way of lifecycle events from IoT Core to ingest: topic rules into a queue, with one for dead letters. */
export class LifecycleEvents extends QueueWithDeadLetters {
  constructor(scope: Construct, id: string) {
    // AWS's advice: six times as long as the function may take.
    super(scope, id, 6);
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
