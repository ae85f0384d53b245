import type { KnownOptions, Subscription, SubscriptionOptions } from "../records/session.ts";

/** The options of a subscription as an item holds them: what differs from MQTT's defaults. */
export function withoutDefaults({ qos, nl, rap, rh }: KnownOptions): KnownOptions {
  return { qos, ...(nl && { nl }), ...(rap && { rap }), ...(rh && { rh }) };
}

/** The subscription that an item holds. */
export function subscriptionOf({
  clientid,
  topic,
  qos = 0,
  nl = 0,
  rap = 0,
  rh = 0,
}: { clientid: string; topic: string } & Partial<KnownOptions>): Subscription {
  const options: SubscriptionOptions = { qos, nl, rap, rh };
  return { clientid, topic, ...options };
}
