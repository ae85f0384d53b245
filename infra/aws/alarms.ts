import { Duration } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export interface AlarmsProps {
  readonly api: RestApi;
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly workers: Readonly<Record<string, IFunction>>;
  readonly events: IQueue;
  readonly deadLetters: IQueue;
  /** Of delayed messages. */
  readonly undelivered: IQueue;
  readonly lostChanges: IQueue;
  /** Where alarms go. */
  readonly topic?: ITopic | undefined;
}

const minute = { period: Duration.minutes(1) };

/** What wants a look: alarms, and the same metrics on a dashboard. */
export class Alarms extends Construct {
  readonly #topic: ITopic | undefined;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#topic = props.topic;
    const { api, events, deadLetters, undelivered, lostChanges } = props;
    const follower = props.workers["follow-changes"];
    const age = events.metricApproximateAgeOfOldestMessage({ ...minute, statistic: "max" });
    const iteratorAge = follower?.metric("IteratorAge", { ...minute, statistic: "max" });
    const all = { ...props.functions, ...props.workers };
    const throttles = Object.entries(all).map(([label, it]) => it.metricThrottles({ ...minute, label }));
    const workerErrors = Object.entries(props.workers).map(([label, it]) =>
      it.metricErrors({ ...minute, label }),
    );

    this.#alarm("ServerErrors", api.metricServerError(minute), 5, "Requests fail with 5xx");
    this.#alarm("DeadLetters", visible(deadLetters), 0, "Lifecycle events could not be brought in");
    this.#alarm("Undelivered", visible(undelivered), 0, "Delayed messages could not be published");
    this.#alarm("LostChanges", visible(lostChanges), 0, "Changes of the registry could not be followed");
    // One that fails waits for six minutes before it is tried again.
    this.#alarm("EventsWait", age, 600, "Lifecycle events wait for more than ten minutes");
    if (iteratorAge) this.#alarm("ChangesWait", iteratorAge, 60_000, "Changes wait for more than a minute");
    for (const [name, it] of Object.entries(props.workers)) {
      const failed = it.metricErrors({ period: Duration.minutes(15) });
      this.#alarm(`Fails-${name}`, failed, 1, `The worker ${name} fails again and again`);
    }
    for (const [name, it] of Object.entries(all)) {
      this.#alarm(`Throttled-${name}`, it.metricThrottles(minute), 0, `The function ${name} is throttled`);
    }

    const graphs: [string, (IMetric | undefined)[]][] = [
      ["Requests", [api.metricCount(minute), api.metricClientError(minute), api.metricServerError(minute)]],
      [
        "Latency",
        [
          api.metricLatency({ ...minute, statistic: "p50" }),
          api.metricLatency({ ...minute, statistic: "p99" }),
        ],
      ],
      ["Waiting", [age, iteratorAge]],
      ["Dead letters", [visible(deadLetters), visible(undelivered), visible(lostChanges)]],
      ["Throttles", throttles],
      ["Errors of workers", workerErrors],
    ];
    new Dashboard(this, "Dashboard").addWidgets(
      ...graphs.map(
        ([title, metrics]) =>
          new GraphWidget({ title, left: metrics.filter((it) => it !== undefined), width: 8 }),
      ),
    );
  }

  #alarm(id: string, metric: IMetric, threshold: number, alarmDescription: string): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      alarmDescription,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#topic) alarm.addAlarmAction(new SnsAction(this.#topic));
  }
}

const visible = (queue: IQueue) =>
  queue.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" });
