/** Whole numbers of a client. */
export const counterNames = [
  "awaiting_rel_cnt",
  "awaiting_rel_max",
  "heap_size",
  "inflight_cnt",
  "inflight_max",
  "mailbox_len",
  "mqueue_dropped",
  "mqueue_len",
  "mqueue_max",
  "recv_cnt",
  "recv_msg",
  "recv_msg.dropped",
  "recv_msg.dropped.await_pubrel_timeout",
  "recv_msg.qos0",
  "recv_msg.qos1",
  "recv_msg.qos2",
  "recv_oct",
  "recv_pkt",
  "reductions",
  "send_cnt",
  "send_msg",
  "send_msg.dropped",
  "send_msg.dropped.expired",
  "send_msg.dropped.queue_full",
  "send_msg.dropped.too_large",
  "send_msg.qos0",
  "send_msg.qos1",
  "send_msg.qos2",
  "send_oct",
  "send_pkt",
  "subscriptions_cnt",
] as const;

/** What `fields` may name beside them, as far as Fleetgate has it. */
const otherNames = [
  "client_attrs",
  "clean_start",
  "clientid",
  "connected",
  "connected_at",
  "created_at",
  "disconnected_at",
  "expiry_interval",
  "ip_address",
  "is_bridge",
  "is_expired",
  "keepalive",
  "node",
  "port",
  "proto_name",
  "proto_ver",
  "subscriptions_max",
  "username",
  "mountpoint",
  "durable",
] as const;

/** What `fields` may name and only EMQX's durable sessions have. */
const durableSessionNames = [
  "n_streams",
  "seqno_q1_comm",
  "seqno_q1_dup",
  "seqno_q1_next",
  "seqno_q2_comm",
  "seqno_q2_dup",
  "seqno_q2_rec",
  "seqno_q2_next",
] as const;

/** What `fields` may name. Other fields come with all or not at all. [emqx_mgmt_api_clients] */
export const fieldNames = [...otherNames, ...counterNames, ...durableSessionNames] as const;
