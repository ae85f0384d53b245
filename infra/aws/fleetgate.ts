import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import * as resources from "../../functions/index.ts";
import * as workers from "../../functions/workers.ts";
import { needsOf, type Resource } from "../../lib/contract/resource.ts";
import type { Worker } from "../../lib/contract/worker.ts";
import { accessTable, registryTable } from "../../lib/store/tables.ts";
import { acceptFindings } from "./accepted-findings.ts";
import { Alarms } from "./alarms.ts";
import { ApiFunction } from "./api-function.ts";
import { bundleFunctions } from "./bundle.ts";
import { type EnvironmentConfig, readConfig } from "./config.ts";
import { LifecycleEvents } from "./events.ts";
import type { FunctionContext } from "./function.ts";
import { findIotEndpoint } from "./iot-endpoint.ts";
import { MessageQueue } from "./message-queue.ts";
import { createRestApi } from "./rest-api.ts";
import { createTable } from "./table.ts";
import { WorkerFunction } from "./worker-function.ts";

/** Fleetgate in an account: tables, functions, API, and the way of the broker's events. */
export class Fleetgate extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, config: EnvironmentConfig = {}) {
    super(scope, id);
    const settings = readConfig(id, config);
    const access = createTable(this, "AccessTable", accessTable, { keep: settings.keepData });
    const registry = createTable(this, "RegistryTable", registryTable, { keep: settings.keepData });
    const events = new LifecycleEvents(this, "Events");
    // Held back by timers. Less than AWS advises, because a message that failed is late already.
    const delayed = new MessageQueue(this, "Delayed", { patience: 2 });
    const lostChanges = new Queue(this, "LostChanges", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const keys = settings.bootstrapSecretArn
      ? Secret.fromSecretCompleteArn(this, "BootstrapKeys", settings.bootstrapSecretArn)
      : administratorKey(this, "AdministratorKey");
    const password = new Secret(this, "DashboardPassword", {
      description: "Fleetgate: password of the dashboard user admin",
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
    });
    const { partition, region, account } = Stack.of(this);
    const served = Object.values<Resource>(resources).filter(
      (resource) => settings.swaggerSupport || resource.name !== resources.apiDocs.name,
    );
    const context: FunctionContext = {
      bundleOf: bundleFunctions([
        ...served.map((resource) => ({
          name: resource.name,
          needs: needsOf(resource),
          files: resource.files,
        })),
        ...Object.values<Worker>(workers),
      ]),
      targets: {
        accessTable: access.tableArn,
        registryTable: registry.tableArn,
        broker: `arn:${partition}:iot:${region}:${account}`,
        deadLetterQueue: events.deadLetters.queueArn,
        delayQueue: delayed.queue.queueArn,
        bootstrapSecret: keys.secretArn,
        bootstrapSecretKey: settings.bootstrapSecretKeyArn,
        passwordSecret: password.secretArn,
      },
      environment: {
        ACCESS_TABLE: access.tableName,
        REGISTRY_TABLE: registry.tableName,
        BOOTSTRAP_SECRET_ARN: keys.secretArn,
        PASSWORD_SECRET_ARN: password.secretArn,
        DEAD_LETTER_QUEUE_URL: events.deadLetters.queueUrl,
        DELAY_QUEUE_URL: delayed.queue.queueUrl,
        IOT_ENDPOINT: settings.broker.endpoint ?? findIotEndpoint(this, "IotEndpoint"),
        AUDIT_RETENTION_DAYS: String(settings.auditRetentionDays),
        ...(settings.apiKeyMaxAgeDays && { API_KEY_MAX_AGE_DAYS: String(settings.apiKeyMaxAgeDays) }),
        NODE_NAME: settings.nodeName,
        QOS2_POLICY: settings.broker.qos2,
        ...(settings.corsOrigins.length > 0 && { CORS_ORIGINS: settings.corsOrigins.join(",") }),
      },
      logRetention: settings.logRetentionDays,
    };
    const deployment = String(this.node.tryGetContext("deployment") ?? new Date().toISOString());
    const apiFunctions = served.map((resource) => ({
      resource,
      lambda: new ApiFunction(this, resource.name, resource, context).lambda,
    }));
    const workerFunctions = Object.values<Worker>(workers).map((worker) => {
      const sources = { events: events.queue, delayed: delayed.queue, registry, lostChanges, deployment };
      return {
        worker,
        lambda: new WorkerFunction(this, worker.name, { worker, context, ...sources }).lambda,
      };
    });
    this.api = createRestApi(this, "Api", apiFunctions, settings);
    new Alarms(this, "Alarms", {
      api: this.api,
      functions: Object.fromEntries(apiFunctions.map(({ resource, lambda }) => [resource.name, lambda])),
      workers: Object.fromEntries(workerFunctions.map(({ worker, lambda }) => [worker.name, lambda])),
      events: events.queue,
      deadLetters: events.deadLetters,
      undelivered: delayed.deadLetters,
      lostChanges,
      topic: settings.alarmTopicArn
        ? Topic.fromTopicArn(this, "AlarmTopic", settings.alarmTopicArn)
        : undefined,
    });
    acceptFindings(this);
    new CfnOutput(this, "Endpoint", { value: `${this.api.url}v5`, description: "Base URL of the API" });
    new CfnOutput(this, "ApiKeysSecret", { value: keys.secretArn, description: "Secret with the API keys" });
    new CfnOutput(this, "DashboardPasswordSecret", {
      value: password.secretArn,
      description: "Secret with the password of the dashboard user admin",
    });
    new CfnOutput(this, "AccessTableName", { value: access.tableName });
    new CfnOutput(this, "RegistryTableName", { value: registry.tableName });
  }
}

/** A secret with one API key of an administrator, made by Secrets Manager. */
function administratorKey(scope: Construct, id: string): Pick<ISecret, "secretArn"> {
  return new Secret(scope, id, {
    description: "Fleetgate: API key of an administrator",
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ api_key: "administrator" }),
      generateStringKey: "api_secret",
      passwordLength: 43,
      excludePunctuation: true,
    },
  });
}
