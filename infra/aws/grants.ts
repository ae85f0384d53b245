import type { Need } from "../../lib/contract/needs.ts";
import { usernameIndex } from "../../lib/store/tables.ts";

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
export function authenticationGrants({ accessTable }: Targets): Grant[] {
  return [{ actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources: [accessTable] }];
}

/** What a function is allowed that serves calls which are kept in the audit log: to add to it, and nothing else. */
export function auditGrants({ accessTable }: Targets): Grant[] {
  const conditions = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["audit#*"] } };
  return [{ actions: ["dynamodb:PutItem"], resources: [accessTable], conditions }];
}

/** Actions on the items of delayed messages, which have partitions of their own. */
function delayedGrant({ registryTable }: Targets, ...names: string[]): Grant {
  return {
    actions: names.map((name) => `dynamodb:${name}`),
    resources: [registryTable],
    conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["delayed*"] } },
  };
}

const writes = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"];

/** What is allowed on bans, and on nothing else in the access table. */
function banGrants({ accessTable }: Targets, ...actions: string[]): Grant[] {
  const conditions = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["banned#*"] } };
  return [{ actions, resources: [accessTable], conditions }];
}

/** What a need allows. */
export function grantsOf(need: Need, targets: Targets): Grant[] {
  const { accessTable, registryTable, broker, deadLetterQueue } = targets;
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
        actions: ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
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
    "keys:read": [{ actions: ["dynamodb:GetItem", "dynamodb:Query"], resources: [accessTable] }],
    "keys:write": [{ actions: writes, resources: [accessTable] }],
    "settings:read": [{ actions: ["dynamodb:GetItem"], resources: [accessTable] }],
    "settings:write": [{ actions: ["dynamodb:GetItem", "dynamodb:PutItem"], resources: [accessTable] }],
    "audit:read": [{ actions: ["dynamodb:Query"], resources: [accessTable] }],
    "users:read": [{ actions: ["dynamodb:GetItem", "dynamodb:Query"], resources: [accessTable] }],
    "users:write": [{ actions: [...writes, "dynamodb:Query"], resources: [accessTable] }],
    "bans:read": banGrants(targets, "dynamodb:GetItem", "dynamodb:Query"),
    "bans:write": banGrants(targets, ...writes, "dynamodb:BatchWriteItem", "dynamodb:Query"),
    "bans:check": banGrants(targets, "dynamodb:BatchGetItem", "dynamodb:GetItem"),
    "delayed:hold": [
      delayedGrant(targets, "DeleteItem", "GetItem", "PutItem", "UpdateItem"),
      { actions: ["dynamodb:GetItem"], resources: [accessTable] },
      { actions: ["sqs:SendMessage"], resources: [targets.delayQueue] },
    ],
    "delayed:read": [delayedGrant(targets, "GetItem", "Query")],
    "delayed:write": [delayedGrant(targets, "DeleteItem", "GetItem", "Query", "UpdateItem")],
    "delayed:plan": [
      delayedGrant(targets, "GetItem", "Query", "UpdateItem"),
      { actions: ["sqs:SendMessage"], resources: [targets.delayQueue] },
    ],
    "delayed:deliver": [delayedGrant(targets, "DeleteItem", "GetItem", "UpdateItem")],
    login: [{ actions: [...writes, "dynamodb:UpdateItem"], resources: [accessTable] }],
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
