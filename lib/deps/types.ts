import type { Broker } from "../broker/broker.ts";
import type { Need } from "../contract/needs.ts";
import type { DelayQueue } from "../delayed/delay-queue.ts";
import type { HoldingDeps } from "../delayed/hold-back.ts";
import type { NodeFacts } from "../records/node.ts";
import type { ApiKeys } from "../store/api-keys.ts";
import type { AuditLog } from "../store/audit-log.ts";
import type { Bans } from "../store/bans.ts";
import type { DashboardUsers } from "../store/dashboard-users.ts";
import type { DelayedMessages } from "../store/delayed-messages.ts";
import type { LoginFailures } from "../store/login-failures.ts";
import type { Sessions } from "../store/sessions.ts";
import type { Settings } from "../store/settings.ts";
import type { Subscriptions } from "../store/subscriptions.ts";
import type { TopicIndex } from "../store/topic-index.ts";

/** What the functions of the API use. */
export interface ApiDeps {
  apiKeys: ApiKeys;
  users: DashboardUsers;
  loginFailures: LoginFailures;
  audit: AuditLog;
  bans: Bans;
  settings: Settings;
  sessions: Sessions;
  subscriptions: Subscriptions;
  delayed: DelayedMessages;
  delayQueue: DelayQueue;
  broker: Broker;
  node: NodeFacts;
}

/** Everything a deployment provides. */
export interface Deps extends ApiDeps {
  deadLetters: DeadLetters;
  fleet: Fleet;
  bootstrapSecret: BootstrapSecret;
}

/** API keys that a deployment brings. */
export interface BootstrapSecret {
  /** The text of the secret with API keys. */
  readKeys(): Promise<string>;
  /** The password of the first dashboard user. */
  readPassword(): Promise<string>;
}

/** Where events go that cannot be brought in. */
export interface DeadLetters {
  /** Keeps an event as it came, with the reason why it was not brought in. */
  send(event: string, cause: string): Promise<void>;
}

/** What the account of the broker knows of its clients, beside the broker itself. */
export interface Fleet {
  /** Ids of clients that are connected, as far as they are known; see `lib/broker/iot-core/fleet.ts`. */
  connectedClients(): AsyncIterable<string>;
}

/** The piece of the dependencies that each need stands for. */
interface Pieces {
  node: Pick<Deps, "node">;
  "registry:read": {
    sessions: Pick<Sessions, "get" | "getMany" | "ofUsers" | "page" | "all" | "behind" | "totals" | "state">;
    subscriptions: Pick<Subscriptions, "ofSessions" | "anyMatch" | "page" | "all"> & {
      topics: Pick<TopicIndex, "ofTopic" | "ofGroup" | "covered" | "routesOf"> & {
        routes: Pick<TopicIndex["routes"], "page">;
      };
    };
  };
  "registry:ingest": Pick<Deps, "sessions" | "subscriptions">;
  "registry:follow": Pick<Deps, "sessions" | "subscriptions">;
  "keys:read": { apiKeys: Pick<ApiKeys, "getByName" | "list"> };
  "keys:write": { apiKeys: Pick<ApiKeys, "get" | "add" | "replace" | "put" | "remove"> };
  "users:read": { users: Pick<DashboardUsers, "get" | "list"> };
  "users:write": { users: DashboardUsers };
  "settings:read": { settings: Pick<Settings, "read"> };
  "settings:write": Pick<Deps, "settings">;
  "audit:read": { audit: Pick<AuditLog, "newest"> };
  "bans:read": { bans: Pick<Bans, "get" | "all"> };
  "bans:write": { bans: Pick<Bans, "add" | "remove" | "clear"> };
  "bans:check": { bans: Pick<Bans, "isBanned"> };
  "delayed:hold": HoldingDeps;
  "delayed:read": { delayed: Pick<DelayedMessages, "page" | "count" | "get"> };
  "delayed:write": { delayed: Pick<DelayedMessages, "remove" | "removeAll"> };
  "delayed:plan": {
    delayed: Pick<DelayedMessages, "dueBy" | "markQueued" | "recount">;
    delayQueue: DelayQueue;
  };
  "delayed:deliver": { delayed: Pick<DelayedMessages, "claim" | "release" | "remove"> };
  login: { users: DashboardUsers; loginFailures: LoginFailures };
  "bootstrap-secret": Pick<Deps, "bootstrapSecret">;
  "dead-letters": Pick<Deps, "deadLetters">;
  fleet: Pick<Deps, "fleet">;
  "registry:write": { sessions: Pick<Sessions, "change"> };
  "broker:publish": { broker: Pick<Broker, "refusal" | "publish"> };
  "broker:inspect": { broker: Pick<Broker, "session" | "subscriptions"> };
  "broker:queues": { broker: Pick<Broker, "queues"> };
  "broker:kick": { broker: Pick<Broker, "kick" | "banRefusal"> };
  "broker:control": { broker: Pick<Broker, "control"> };
  "broker:statistics": { broker: Pick<Broker, "statistics"> };
  "broker:retained": { broker: Pick<Broker, "retainedTopics" | "retained"> };
  "broker:discard-retained": { broker: Pick<Broker, "discardRetained"> };
  "broker:configure": { broker: Pick<Broker, "retainer"> };
  "broker:features": {
    broker: Pick<Broker, "topicRewrite" | "autoSubscribe" | "topicMetrics" | "slowSubscriptions">;
  };
}

/** What an operation with the given needs is handed. */
export type DepsFor<N extends Need> = [N] extends [never] ? object : Intersection<Pieces[N]>;

type Intersection<U> = (U extends unknown ? (piece: U) => void : never) extends (piece: infer I) => void
  ? I
  : never;
