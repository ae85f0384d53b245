/**
 * What a broker counts of a client's connection, from its beginning. Field names are EMQX's: `oct` are bytes, `cnt`
 * reads and writes of the network, `pkt` MQTT packets, and `msg` PUBLISH packets. [emqx_mgmt_api_clients]
 */
export interface ClientStatistics {
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
  /** Messages of QoS 1 and 2 that the client has not acknowledged yet, and how many it lets stand so. */
  inflight_cnt: number;
  inflight_max: number;
  /** Messages of QoS 2 from the client that wait for its PUBREL. */
  awaiting_rel_cnt: number;
}
