/**
 * What a broker counts of a network connection, from its beginning. Field names are EMQX's: `oct` are bytes, `cnt`
 * reads and writes of the network, `pkt` MQTT packets, and `msg` PUBLISH packets. [emqx_mgmt_api_clients]
 */
export interface TrafficStatistics {
  recv_oct: number;
  recv_cnt: number;
  recv_pkt: number;
  recv_msg: number;
  "recv_msg.qos0": number;
  "recv_msg.qos1": number;
  "recv_msg.qos2": number;
  send_oct: number;
  send_cnt: number;
  send_pkt: number;
  send_msg: number;
  "send_msg.qos0": number;
  "send_msg.qos1": number;
  "send_msg.qos2": number;
  /** Messages of QoS 2 from the client that wait for its PUBREL. */
  awaiting_rel_cnt: number;
}

/** What is on its way to a session, and what of it was given up. Field names are EMQX's. [emqx_session_mem] */
export interface QueueStatistics {
  /** Messages that wait for the client, or for a place among those in flight. */
  mqueue_len: number;
  /** Messages that gave way to newer ones, since the session began. */
  mqueue_dropped: number;
  /** Messages of QoS 1 and 2 that the client has not acknowledged yet, and how many it lets stand so. */
  inflight_cnt: number;
  inflight_max: number;
  /** Messages that were not sent since the client connected, all of them and by cause. */
  "send_msg.dropped": number;
  "send_msg.dropped.expired": number;
  "send_msg.dropped.queue_full": number;
  "send_msg.dropped.too_large": number;
}

/** What a broker counts of a client. There is no traffic of a session whose client was not there since the start. */
export type ClientStatistics = Partial<TrafficStatistics> & QueueStatistics;
