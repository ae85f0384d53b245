/** The client that is connected to both while generated requests are played. */
export const generatedClient = "compare-generated";

/** A good body for each operation that takes one, about things that are there at neither server. */
const bodies: Record<string, unknown> = {
  createApiKey: { name: "compare-key", desc: "compared", enable: true, expired_at: "2100-01-01T00:00:00Z" },
  updateApiKey: { desc: "changed", enable: false, expired_at: "infinity" },
  rotateApiKey: { grace_period: "1h" },
  createUser: { username: "compare_user", password: "passw0rd", description: "compared" },
  updateUser: { description: "changed" },
  changePassword: { old_pwd: "passw0rd", new_pwd: "passw0rd2" },
  publishMessage: {
    topic: "compare/t",
    payload: "hello",
    qos: 1,
    retain: false,
    payload_encoding: "plain",
    properties: { content_type: "text/plain", message_expiry_interval: 60 },
  },
  publishMessages: [{ topic: "compare/t", payload: "aGVsbG8=", payload_encoding: "base64", qos: 0 }],
  subscribeClient: { topic: "compare/t", qos: 1, nl: 0, rap: 1, rh: 0 },
  subscribeClientInBulk: [{ topic: "compare/t", qos: 1, nl: 0, rap: 1, rh: 0 }],
  unsubscribeClient: { topic: "compare/t" },
  unsubscribeClientInBulk: [{ topic: "compare/t" }],
  setKeepalive: { interval: 60 },
  kickOutClients: ["compare-nobody"],
  createBan: {
    as: "clientid",
    who: "compare-banned",
    by: "compare",
    reason: "compared",
    at: "2024-01-01T00:00:00Z",
    until: "2100-01-01T00:00:00Z",
  },
  // Without `max_publish_rate`: a value of 1e20 there breaks EMQX's retainer until it is started anew.
  changeRetainer: {
    enable: true,
    msg_expiry_interval: "1h",
    msg_expiry_interval_override: "2h",
    allow_never_expire: true,
    msg_clear_interval: "1m",
    msg_clear_limit: 1_000,
    max_payload_size: "2MB",
    stop_publish_clear_msg: false,
    delivery_rate: "500/s",
    backend: { type: "built_in_database", storage_type: "ram", max_retained_messages: 0, enable: true },
  },
  changeDelayed: { enable: true, max_delayed_messages: 10 },
  replaceRewriteRules: [
    { action: "all", source_topic: "compare/x/#", re: "^compare/x/(.+)$", dest_topic: "compare/y/$1" },
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is EMQX's placeholder
  replaceAutoSubscriptions: [{ topic: "compare/auto/${clientid}", qos: 1, rh: 0, rap: 0, nl: 0 }],
  addTopicMetrics: { topic: "compare/measured" },
  resetTopicMetrics: { action: "reset", topic: "compare/measured" },
  changeSlowSubscriptionSettings: {
    enable: true,
    threshold: "1s",
    expire_interval: "10m",
    top_k_num: 5,
    stats_type: "internal",
  },
};

/** The good body of an operation; `undefined` if it takes none. */
export function bodyOf(operation: string): unknown {
  return bodies[operation];
}
