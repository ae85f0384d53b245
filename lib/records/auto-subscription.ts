import type { SubscriptionOptions } from "./session.ts";

/** What every client is subscribed to when it connects. [emqx_auto_subscribe] */
export interface AutoSubscription extends SubscriptionOptions {
  /** Topic filter; may hold `${clientid}`, `${username}`, `${host}` and `${port}`. */
  topic: string;
}
