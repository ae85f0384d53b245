import type { Broker } from "../broker/broker.ts";
import type { Need } from "../contract/needs.ts";
import type { NodeFacts } from "../records/node.ts";
import type { ApiKeys } from "../store/api-keys.ts";
import type { Sessions } from "../store/sessions.ts";
import type { Subscriptions } from "../store/subscriptions.ts";

/** Everything a deployment provides. */
export interface Deps {
  apiKeys: ApiKeys;
  sessions: Sessions;
  subscriptions: Subscriptions;
  broker: Broker;
  node: NodeFacts;
}

/** The piece of the dependencies that each need stands for. */
interface Pieces {
  node: Pick<Deps, "node">;
  "registry:read": {
    sessions: Pick<Sessions, "get" | "getMany" | "ofUsers" | "page" | "all" | "totals" | "state">;
    subscriptions: Pick<Subscriptions, "ofSession" | "anyMatch">;
  };
  "registry:write": { sessions: Pick<Sessions, "change"> };
  "broker:publish": { broker: Pick<Broker, "refusal" | "publish"> };
  "broker:inspect": { broker: Pick<Broker, "session" | "subscriptions"> };
  "broker:kick": { broker: Pick<Broker, "kick"> };
}

/** What an operation with the given needs is handed. */
export type DepsFor<N extends Need> = [N] extends [never] ? object : Intersection<Pieces[N]>;

type Intersection<U> = (U extends unknown ? (piece: U) => void : never) extends (piece: infer I) => void
  ? I
  : never;
