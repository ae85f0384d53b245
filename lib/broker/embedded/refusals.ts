import type { AuthenticateError } from "aedes";

/** The session of a client could not be read. [MQTT-3.2.2-5] the client is told: server unavailable. */
export function unreadable(cause: unknown): AuthenticateError {
  return Object.assign(new Error("The session could not be read", { cause }), { returnCode: 3 });
}

/** A client that may not connect; it is told: not authorized. */
export function banned(): AuthenticateError {
  return Object.assign(new Error("The client is banned"), { returnCode: 5 });
}
