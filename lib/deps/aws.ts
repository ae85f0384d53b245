import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IoTClient } from "@aws-sdk/client-iot";
import { IoTDataPlaneClient } from "@aws-sdk/client-iot-data-plane";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Broker } from "../broker/broker.ts";
import { IotCoreBroker } from "../broker/iot-core/broker.ts";
import { connectedThings } from "../broker/iot-core/fleet.ts";
import type { DelayQueue } from "../delayed/delay-queue.ts";
import { ApiKeys } from "../store/api-keys.ts";
import { AuditLog } from "../store/audit-log.ts";
import { Bans } from "../store/bans.ts";
import { DashboardUsers } from "../store/dashboard-users.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { DelayedMessages } from "../store/delayed-messages.ts";
import { LoginFailures } from "../store/login-failures.ts";
import { Sessions } from "../store/sessions.ts";
import { Settings } from "../store/settings.ts";
import { Subscriptions } from "../store/subscriptions.ts";
import { StoredBootstrapSecret } from "./bootstrap-secret.ts";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { DelayTimers } from "./delay-timers.ts";
import { nodeFacts } from "./node-facts.ts";
import type { BootstrapSecret, DeadLetters, Deps, Fleet } from "./types.ts";

let deps: Deps | undefined;

/** The dependencies of a function on AWS, by its environment variables; made at the first call and kept. */
export function awsDeps(): Deps {
  deps ??= create();
  return deps;
}

/** Three attempts end before the API has to answer. */
const dynamoOptions = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

/** Clients of other services are made when they are first needed. */
function create(): Deps {
  const database = openDatabase(new DynamoDBClient(dynamoOptions), {
    access: variable("ACCESS_TABLE"),
    registry: variable("REGISTRY_TABLE"),
  });
  const lazily = <Value>(make: () => Value) => {
    let value: Value | undefined;
    return () => (value ??= make());
  };
  const bans = lazily(() => makeBans(database));
  const broker = lazily(iotCore);
  const letters = lazily(deadLetters);
  const timers = lazily(delayTimers);
  const fleet = lazily(iotFleet);
  const secret = lazily(bootstrapSecret);
  return {
    apiKeys: new ApiKeys(database),
    users: new DashboardUsers(database),
    loginFailures: new LoginFailures(database),
    audit: new AuditLog(database, Number(variable("AUDIT_RETENTION_DAYS"))),
    settings: new Settings(database),
    sessions: new Sessions(database),
    subscriptions: new Subscriptions(database),
    node: nodeFacts(variable("NODE_NAME")),
    get bans() {
      return bans();
    },
    get broker() {
      return broker();
    },
    delayed: new DelayedMessages(database),
    get delayQueue() {
      return timers();
    },
    get deadLetters() {
      return letters();
    },
    get fleet() {
      return fleet();
    },
    get bootstrapSecret() {
      return secret();
    },
  };
}

/**
 * A bundle holds the SDK clients, and the packages, that its function needs: the bundler replaces these variables, and leaves out what
 * stands behind a `no`.
 */
const makeBans = process.env.BUNDLE_BANS === "no" ? leftOut : openBans;
const iotCore = process.env.BUNDLE_BROKER === "no" ? leftOut : makeIotCore;
const deadLetters = process.env.BUNDLE_DEAD_LETTERS === "no" ? leftOut : makeDeadLetters;
const delayTimers = process.env.BUNDLE_DELAY_QUEUE === "no" ? leftOut : makeDelayTimers;
const iotFleet = process.env.BUNDLE_FLEET === "no" ? leftOut : makeFleet;

const bootstrapSecret = process.env.BUNDLE_SECRETS === "no" ? leftOut : makeBootstrapSecret;

function leftOut(): never {
  throw new Error("A function uses what its declaration does not name");
}

/** Bans bring an engine for regular expressions. */
function openBans(database: Database): Bans {
  return new Bans(database);
}

function makeIotCore(): Broker {
  const host = variable("IOT_ENDPOINT");
  const endpoint = host.startsWith("http://") ? host : `https://${host}`;
  const policy = process.env.QOS2_POLICY === "downgrade" ? "downgrade" : "refuse";
  return new IotCoreBroker(new IoTDataPlaneClient({ endpoint, maxAttempts: 3 }), policy);
}

function makeDeadLetters(): DeadLetters {
  return new DeadLetterQueue(new SQSClient({}), variable("DEAD_LETTER_QUEUE_URL"));
}

function makeDelayTimers(): DelayQueue {
  return new DelayTimers(new SQSClient({}), variable("DELAY_QUEUE_URL"));
}

function makeBootstrapSecret(): BootstrapSecret {
  return new StoredBootstrapSecret(new SecretsManagerClient({}), {
    keys: variable("BOOTSTRAP_SECRET_ARN"),
    password: variable("PASSWORD_SECRET_ARN"),
  });
}

function makeFleet(): Fleet {
  const client = new IoTClient({});
  return { connectedClients: () => connectedThings(client) };
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is missing`);
  return value;
}
