/**
 * A session as the registry holds it: of a connected client, or of a disconnected one whose session has not expired.
 * Field names are EMQX's; times are epoch milliseconds.
 */
export interface Session {
  clientid: string;
  username?: string;
  connected: boolean;
  created_at: number;
  connected_at: number;
  disconnected_at?: number;
  /** What the client's DISCONNECT said; absent if its connection ended without one. */
  disconn_props?: DisconnectProperties;
  ip_address?: string;
  port?: number;
  listener?: string;
  proto_name: string;
  proto_ver: number;
  clean_start: boolean;
  /** Seconds. */
  keepalive: number;
  /** Seconds for which the session outlives its connection. */
  expiry_interval: number;
  is_bridge?: boolean;
  subscriptions_cnt: number;
}

/** Properties of a DISCONNECT, as EMQX names them; empty before MQTT 5. [MQTT-3.14.2.2] */
export interface DisconnectProperties {
  "Session-Expiry-Interval"?: number | undefined;
  "Reason-String"?: string | undefined;
  "User-Property"?: Record<string, string> | undefined;
}

/** How a session is subscribed to a filter: the granted QoS, and MQTT 5's options. [MQTT-3.8.3] */
export interface SubscriptionOptions {
  qos: 0 | 1 | 2;
  /** No Local. */
  nl: 0 | 1;
  /** Retain As Published. */
  rap: 0 | 1;
  /** Retain Handling. */
  rh: 0 | 1 | 2;
}

/** Options of which only the QoS is known; the others have MQTT's defaults. */
export interface KnownOptions {
  qos: 0 | 1 | 2;
  nl?: 0 | 1 | undefined;
  rap?: 0 | 1 | undefined;
  rh?: 0 | 1 | 2 | undefined;
}

/** A subscription of a session. Field names are EMQX's. */
export interface Subscription extends SubscriptionOptions {
  clientid: string;
  topic: string;
}

/** `expiry_interval` of a session that never expires. [MQTT-3.1.2-23] */
export const neverExpires = 4_294_967_295;
