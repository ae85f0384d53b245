import * as z from "zod/mini";

/**
 * What a broker reports about its clients, in the form of AWS IoT Core's lifecycle events. The embedded broker
 * reports the same. Times are epoch milliseconds.
 *
 * `session` is ours: facts that IoT Core's own events lack and that the embedded broker knows.
 */
const common = {
  clientId: z.string().check(z.minLength(1)),
  timestamp: z.int(),
  sessionIdentifier: z.string(),
};

const EventFacts = z.object({
  username: z.optional(z.string()),
  port: z.optional(z.int()),
  listener: z.optional(z.string()),
  proto_name: z.optional(z.string()),
  proto_ver: z.optional(z.int()),
  clean_start: z.optional(z.boolean()),
  keepalive: z.optional(z.int()),
  expiry_interval: z.optional(z.int()),
  is_bridge: z.optional(z.boolean()),
});

const Connected = z.object({
  ...common,
  eventType: z.literal("connected"),
  versionNumber: z.int(),
  ipAddress: z.optional(z.string()),
  session: z.optional(EventFacts),
});

const DisconnectProperties = z.object({
  "Session-Expiry-Interval": z.optional(z.int()),
  "Reason-String": z.optional(z.string()),
  "User-Property": z.optional(z.record(z.string(), z.string())),
});

const Disconnected = z.object({
  ...common,
  eventType: z.literal("disconnected"),
  versionNumber: z.int(),
  clientInitiatedDisconnect: z.optional(z.boolean()),
  disconnectReason: z.optional(z.string()),
  /** Ours: what the client changed the expiry of its session to when it left, in seconds. [MQTT-3.14.2.2.2] */
  expiry_interval: z.optional(z.int()),
  /** Ours: the session was ended with the connection, or while its client was away, whatever its expiry. */
  ended: z.optional(z.literal(true)),
  /** Ours: what the client's DISCONNECT said. */
  disconn_props: z.optional(DisconnectProperties),
  /** Ours: what was found out about a session of which nothing was known. */
  session: z.optional(EventFacts),
});

const SubscriptionOptions = z.object({
  qos: z.literal([0, 1, 2]),
  nl: z.optional(z.literal([0, 1])),
  rap: z.optional(z.literal([0, 1])),
  rh: z.optional(z.literal([0, 1, 2])),
});

const Subscribed = z.object({
  ...common,
  eventType: z.literal("subscribed"),
  topics: z.array(z.string()),
  /** Ours: how each topic is subscribed to; IoT Core does not report it. */
  options: z.optional(z.array(SubscriptionOptions)),
});

const Unsubscribed = z.object({
  ...common,
  eventType: z.literal("unsubscribed"),
  topics: z.array(z.string()),
});

export const LifecycleEvent = z.discriminatedUnion("eventType", [
  Connected,
  Disconnected,
  Subscribed,
  Unsubscribed,
]);

export type EventFacts = z.output<typeof EventFacts>;
export type Connected = z.output<typeof Connected>;
export type Disconnected = z.output<typeof Disconnected>;
export type Subscribed = z.output<typeof Subscribed>;
export type Unsubscribed = z.output<typeof Unsubscribed>;
export type LifecycleEvent = z.output<typeof LifecycleEvent>;
