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
};

/** The good body of an operation; `undefined` if it takes none. */
export function bodyOf(operation: string): unknown {
  return bodies[operation];
}
