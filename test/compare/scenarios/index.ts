import type { Comparison } from "../comparison.ts";
import { access } from "./access.ts";
import { apiKeys } from "./api-keys.ts";
import { autoSubscribe } from "./auto-subscribe.ts";
import { bans } from "./bans.ts";
import { clients } from "./clients.ts";
import { control } from "./control.ts";
import { conventions } from "./conventions.ts";
import { delayed } from "./delayed.ts";
import { edges } from "./edges.ts";
import { pages } from "./pages.ts";
import { publish } from "./publish.ts";
import { queues } from "./queues.ts";
import { retained } from "./retained.ts";
import { rewrite } from "./rewrite.ts";
import { sessions } from "./sessions.ts";
import { shared } from "./shared.ts";
import { slowSubscriptions } from "./slow-subscriptions.ts";
import { subscriptions } from "./subscriptions.ts";
import { topicMetrics } from "./topic-metrics.ts";
import { users } from "./users.ts";

/** Sequences of requests by name. */
export const scenarios: Readonly<Record<string, (comparison: Comparison) => Promise<void>>> = {
  conventions,
  edges,
  access,
  "api keys": apiKeys,
  users,
  clients,
  sessions,
  pages,
  control,
  queues,
  publish,
  subscriptions,
  shared,
  retained,
  delayed,
  bans,
  rewrite,
  "auto-subscribe": autoSubscribe,
  "topic metrics": topicMetrics,
  "slow subscriptions": slowSubscriptions,
};
