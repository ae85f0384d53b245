import type { Session } from "../../lib/records/session.ts";

/** A session of a client that is connected over MQTT 3.1.1. */
export const testSession = (given: Partial<Session> = {}): Session => ({
  clientid: "c",
  connected: true,
  created_at: 0,
  connected_at: 0,
  proto_name: "MQTT",
  proto_ver: 4,
  clean_start: true,
  keepalive: 60,
  expiry_interval: 0,
  subscriptions_cnt: 0,
  ...given,
});
