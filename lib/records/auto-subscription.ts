import type { SubscriptionOptions } from "./session.ts";

/** Name of the document with what clients are subscribed to. */
export const autoSubscribeDocument = "auto_subscribe";

/** What every client is subscribed to when it connects. [emqx_auto_subscribe] */
export interface AutoSubscription extends SubscriptionOptions {
  /** Topic filter; may hold `${clientid}`, `${username}`, `${host}` and `${port}`. */
  topic: string;
}
