import { createHash } from "node:crypto";
import { methodOf, type Operation, pathOf } from "../../lib/contract/resource.ts";
import { testNode } from "./test-api.ts";

/** Values of path parameters that lead to something; `operation` is the name of the operation that is called. */
const parameters: Record<string, (operation: string) => string> = {
  as: () => "clientid",
  who: (operation) => clientOf(operation),
  clientid: (operation) => clientOf(operation),
  code: () => "NOT_FOUND",
  file: () => "index.html",
  name: (operation) => keyOf(operation),
  username: (operation) => userOf(operation),
  node: () => testNode,
  msgid: (operation) => messageOf(operation),
  topic: (operation) => topicOf(operation),
};

/** Bodies by the name of the operation. */
const bodies: Record<string, unknown> = {
  subscribeClient: { topic: "t/1", qos: 1 },
  subscribeClientInBulk: [{ topic: "t/1", qos: 1 }, { topic: "$share/g/t" }],
  unsubscribeClient: { topic: "t/1" },
  unsubscribeClientInBulk: [{ topic: "t/1" }],
  setKeepalive: { interval: 11 },
  kickOutClients: ["client 1", "client 2"],
  createBan: { as: "clientid", who: "sample", until: "2100-01-01T00:00:00Z" },
  createApiKey: { name: "sample", desc: "a sample", enable: true, role: "viewer" },
  updateApiKey: { desc: "changed" },
  rotateApiKey: {},
  login: { username: "administrator_user", password: "passw0rd" },
  logout: { username: "administrator_user" },
  createUser: { username: "sample", password: "passw0rd", description: "", role: "viewer" },
  updateUser: { description: "changed" },
  changePassword: { old_pwd: "passw0rd", new_pwd: "passw0rd2" },
  changeDelayed: { enable: true, max_delayed_messages: 10 },
  changeRetainer: { max_payload_size: "2MB", backend: { storage_type: "disc" } },
  replaceRewriteRules: [{ action: "all", source_topic: "x/#", re: "^x/(.+)$", dest_topic: "y/$1" }],
  replaceAutoSubscriptions: [{ topic: "c/1", qos: 1 }],
  addTopicMetrics: { topic: "t/sample" },
  resetTopicMetrics: { action: "reset" },
  changeSlowSubscriptionSettings: { threshold: "1s" },
  publishMessage: { topic: "t/1", payload: "hello", qos: 1 },
  publishMessages: [
    { topic: "t/1", payload: "hello" },
    { topic: "t/2", payload: "aGVsbG8=", payload_encoding: "base64", retain: true },
  ],
};

/** The client that an operation's sample is about; each has its own, because some operations remove it. */
export const clientOf = (operation: string) => `client/of ${operation}`;

/** The key, the topic and the user that an operation's sample is about. */
export const keyOf = (operation: string) => `key-of-${operation}`;
/** The delayed message that an operation's sample is about. */
export const messageOf = (operation: string) =>
  createHash("md5").update(operation).digest("hex").toUpperCase();
export const topicOf = (operation: string) => `topic/of ${operation}`;
export const userOf = (operation: string) => `user_of_${operation}`;

export interface SampleRequest {
  method: string;
  path: string;
  body?: unknown;
}

/** A valid request of an operation, made from its declaration. */
export function sampleRequest(name: string, operation: Operation): SampleRequest {
  const path = calledPath(operation).replaceAll(/\{(\w+)\}/g, (_, parameter: string) => {
    const sample = parameters[parameter];
    if (!sample) throw new Error(missing(name, `the path parameter ${parameter}`));
    return encodeURIComponent(sample(name));
  });
  for (const [parameter, schema] of Object.entries(operation.query ?? {})) {
    if (!schema.safeParse(undefined).success)
      throw new Error(missing(name, `the query parameter ${parameter}`));
  }
  const hasBody = operation.body !== undefined || operation.bodyFields !== undefined;
  if (hasBody && !(name in bodies)) throw new Error(missing(name, "the body"));
  return { method: methodOf(operation), path, ...(hasBody && { body: bodies[name] }) };
}

/** The path of an operation as `TestApi` takes it. */
export const calledPath = (operation: Operation) =>
  operation.outsidePrefix === "only" ? `/${pathOf(operation)}` : pathOf(operation);

const missing = (operation: string, what: string) =>
  `${operation} has no sample for ${what}: add one to test/support/operation-samples.ts`;
