import type { AuthenticateError } from "aedes";

/** What decides about a client, or its session, could not be read; it is told: server unavailable. [MQTT-3.2.2-5] */
export function unreadable(cause: unknown): AuthenticateError {
  return Object.assign(
    new Error("Whether a client may connect, and to which session, could not be read", { cause }),
    { returnCode: 3 },
  );
}

/** A client that may not connect; it is told: not authorized, and by MQTT 5 that it is banned, see `connack.ts`. */
export function banned(): AuthenticateError {
  return Object.assign(new Error("The client is banned"), { returnCode: 5 });
}
