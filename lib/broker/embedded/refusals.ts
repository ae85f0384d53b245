import type { AuthenticateError } from "aedes";

/** Aedes's limit. */
const maxTopicLevels = 100;

/** Why a topic cannot be published to, in words for the caller; `undefined` if it can. */
export function tooManyLevels(topic: string): string | undefined {
  if (topic.split("/").length <= maxTopicLevels) return undefined;
  return `The embedded broker takes topics with ${maxTopicLevels} levels at most`;
}

/** The session of a client could not be read. [MQTT-3.2.2-5] the client is told: server unavailable. */
export function unreadable(cause: unknown): AuthenticateError {
  return Object.assign(new Error("The session could not be read", { cause }), { returnCode: 3 });
}

/** A client that may not connect; it is told: not authorized. */
export function banned(): AuthenticateError {
  return Object.assign(new Error("The client is banned"), { returnCode: 5 });
}
