import type { Need } from "../../lib/contract/needs.ts";
import { accessKeys, usernameIndex } from "../../lib/store/tables.ts";

/** ARNs of what functions use. */
export interface Targets {
  accessTable: string;
  registryTable: string;
  /** ARN prefix of what the broker has, `arn:aws:iot:<region>:<account>`. */
  broker: string;
  /** Of the lifecycle events. */
  deadLetterQueue: string;
  /** Of messages that are held back. */
  delayQueue: string;
  bootstrapSecret: string;
  /** KMS key of that secret, unless it is AWS's own. */
  bootstrapSecretKey?: string | undefined;
  passwordSecret: string;
}

/** Actions on resources that a function is allowed. */
export interface Grant {
  actions: string[];
  resources: string[];
  conditions?: Record<string, Record<string, string[]>>;
}

/** What every function of the API is allowed: to read who calls, and to note that a key or token was used. */
export function authenticationGrants(targets: Targets): Grant[] {
  return [
    accessGrant(targets, ["apiKeys", "users", "tokens"], "GetItem"),
    accessGrant(targets, ["apiKeys", "tokens"], "UpdateItem"),
  ];
}

/** What a function is allowed that serves calls which are kept in the audit log: to add to it, and nothing else. */
export function auditGrants(targets: Targets): Grant[] {
  return [accessGrant(targets, ["audit"], "PutItem")];
}

/** Operations on the items of some kinds in the access table, and on no others. */
function accessGrant(
  { accessTable }: Targets,
  kinds: readonly (keyof typeof accessKeys)[],
  ...operations: string[]
): Grant {
  const keys = kinds.map((kind) => accessKeys[kind]);
  return keyGrant(
    accessTable,
    keys.map((key) => (key.endsWith("#") ? `${key}*` : key)),
    operations,
  );
}

/** Operations on the items of delayed messages, which have partitions of their own. */
function delayedGrant({ registryTable }: Targets, ...operations: string[]): Grant {
  return keyGrant(registryTable, ["delayed*"], operations);
}

/** Operations on the items of a table whose partition keys match one of the patterns. */
function keyGrant(table: string, patterns: string[], operations: readonly string[]): Grant {
  return {
    actions: operations.map((name) => `dynamodb:${name}`),
    resources: [table],
    conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": patterns } },
  };
}

const writes = ["DeleteItem", "GetItem", "PutItem"];

/** What a need allows. */
export function grantsOf(need: Need, targets: Targets): Grant[] {
  const { registryTable, broker, deadLetterQueue } = targets;
  const { bootstrapSecret, bootstrapSecretKey, passwordSecret } = targets;
  const grants: Record<Need, Grant[]> = {
    node: [],
    "registry:read": [
      {
        actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
        resources: [registryTable],
      },
      { actions: ["dynamodb:Query"], resources: [`${registryTable}/index/${usernameIndex.name}`] },
    ],
    "registry:write": [{ actions: ["dynamodb:GetItem", "dynamodb:PutItem"], resources: [registryTable] }],
    "registry:ingest": [
      {
        actions: [
          ...["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"],
          "dynamodb:Query",
        ],
        resources: [registryTable],
      },
    ],
    "registry:follow": [
      {
        actions: [
          ...["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
          "dynamodb:UpdateItem",
        ],
        resources: [registryTable],
      },
    ],
    "keys:read": [accessGrant(targets, ["apiKeys", "apiKeyNames"], "GetItem", "Query")],
    "keys:write": [accessGrant(targets, ["apiKeys", "apiKeyNames"], ...writes)],
    "settings:read": [accessGrant(targets, ["settings"], "GetItem")],
    "settings:write": [accessGrant(targets, ["settings"], "GetItem", "PutItem")],
    "audit:read": [accessGrant(targets, ["audit"], "Query")],
    "users:read": [accessGrant(targets, ["users"], "GetItem", "Query")],
    "users:write": [accessGrant(targets, ["users"], ...writes, "Query")],
    "bans:read": [accessGrant(targets, ["bans"], "GetItem", "Query")],
    "bans:write": [accessGrant(targets, ["bans"], ...writes, "BatchWriteItem", "Query")],
    "bans:check": [accessGrant(targets, ["bans"], "BatchGetItem", "GetItem")],
    "delayed:hold": [
      delayedGrant(targets, "DeleteItem", "GetItem", "PutItem", "UpdateItem"),
      accessGrant(targets, ["settings"], "GetItem"),
      { actions: ["sqs:SendMessage"], resources: [targets.delayQueue] },
    ],
    "delayed:read": [delayedGrant(targets, "GetItem", "Query")],
    "delayed:write": [delayedGrant(targets, "DeleteItem", "GetItem", "Query", "UpdateItem")],
    "delayed:plan": [
      delayedGrant(targets, "GetItem", "Query", "UpdateItem"),
      { actions: ["sqs:SendMessage"], resources: [targets.delayQueue] },
    ],
    "delayed:deliver": [delayedGrant(targets, "DeleteItem", "GetItem", "UpdateItem")],
    login: [
      accessGrant(targets, ["users"], "GetItem"),
      accessGrant(targets, ["tokens"], ...writes),
      accessGrant(targets, ["loginFailures"], "GetItem", "UpdateItem"),
    ],
    "bootstrap-secret": [
      { actions: ["secretsmanager:GetSecretValue"], resources: [bootstrapSecret, passwordSecret] },
      ...(bootstrapSecretKey ? [{ actions: ["kms:Decrypt"], resources: [bootstrapSecretKey] }] : []),
    ],
    "dead-letters": [{ actions: ["sqs:SendMessage"], resources: [deadLetterQueue] }],
    fleet: [{ actions: ["iot:SearchIndex"], resources: [`${broker}:index/AWS_Things`] }],
    "broker:publish": [{ actions: ["iot:Publish", "iot:RetainPublish"], resources: [`${broker}:topic/*`] }],
    "broker:inspect": [
      { actions: ["iot:GetConnection", "iot:ListSubscriptions"], resources: [`${broker}:client/*`] },
    ],
    // AWS IoT Core has none of it.
    "broker:features": [],
    // IoT Core shows nobody.
    "broker:queues": [],
    "broker:kick": [{ actions: ["iot:DeleteConnection"], resources: [`${broker}:client/*`] }],
    // AWS IoT Core has neither.
    "broker:control": [],
    "broker:statistics": [],
    "broker:retained": [
      { actions: ["iot:GetRetainedMessage"], resources: [`${broker}:topic/*`] },
      { actions: ["iot:ListRetainedMessages"], resources: ["*"] },
    ],
    "broker:discard-retained": [
      { actions: ["iot:Publish", "iot:RetainPublish"], resources: [`${broker}:topic/*`] },
    ],
    "broker:configure": [],
  };
  return grants[need];
}
