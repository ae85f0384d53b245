import type { SharedFilter } from "../../mqtt/shared-filter.ts";
import type { SubscriptionOptions } from "../../records/session.ts";

/** A subscription, with the Subscription Identifier that an MQTT 5 client gave it. [MQTT-3.8.2.1.2] */
export interface RoutedSubscription extends SubscriptionOptions {
  identifier?: number;
}

/** One copy of a message, for one session. */
export interface Copy {
  clientid: string;
  /** The most that the message may have. */
  qos: 0 | 1 | 2;
  /** Whether the retain flag stays as the message was published. */
  rap: boolean;
  /** Of the subscription that it is sent for. */
  identifier?: number;
  /** The subscription it was picked for, if that is shared. */
  shared?: SharedFilter;
}

/** The copy of a message for a subscription. */
export function copyFor(clientid: string, { qos, rap, identifier }: RoutedSubscription): Copy {
  return { clientid, qos, rap: rap === 1, ...(identifier !== undefined && { identifier }) };
}
