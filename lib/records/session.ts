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

/** A subscription of a session. Field names are EMQX's. */
export interface Subscription {
  clientid: string;
  topic: string;
  qos: 0 | 1 | 2;
  /** MQTT 5 subscription options. */
  nl: 0 | 1;
  rap: 0 | 1;
  rh: 0 | 1 | 2;
}

/** `expiry_interval` of a session that never expires. [MQTT-3.1.2-23] */
export const neverExpires = 4_294_967_295;
