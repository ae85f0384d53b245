import type {
  Connected,
  Disconnected,
  EventFacts,
  Subscribed,
  Unsubscribed,
} from "../../lib/ingest/lifecycle-event.ts";

/** 2026-01-01T00:00:00Z; events of tests happen after it. */
export const epoch = 1_767_225_600_000;

type Given<Event> = Partial<Omit<Event, "clientId" | "eventType">>;

/** A connect; `session` adds to the facts of a clean session over MQTT 3.1.1. */
export function connected(clientId: string, { session, ...given }: Given<Connected> = {}): Connected {
  const facts: EventFacts = {
    port: 50_000,
    clean_start: true,
    keepalive: 60,
    expiry_interval: 0,
    ...session,
  };
  return {
    eventType: "connected",
    clientId,
    timestamp: Date.now(),
    versionNumber: 1,
    sessionIdentifier: `session of ${clientId}`,
    ipAddress: "127.0.0.1",
    ...given,
    session: facts,
  };
}

/** A connect of a client whose session outlives its connection. */
export function connectedPersistent(clientId: string, given: Given<Connected> = {}): Connected {
  return connected(clientId, {
    ...given,
    session: { clean_start: false, expiry_interval: 7_200, ...given.session },
  });
}

export function disconnected(clientId: string, given: Given<Disconnected> = {}): Disconnected {
  return {
    eventType: "disconnected",
    clientId,
    timestamp: Date.now(),
    versionNumber: 1,
    sessionIdentifier: `session of ${clientId}`,
    ...given,
  };
}

export function subscribed(clientId: string, topics: string[], given: Given<Subscribed> = {}): Subscribed {
  return {
    eventType: "subscribed",
    clientId,
    timestamp: Date.now(),
    sessionIdentifier: `session of ${clientId}`,
    topics,
    ...given,
  };
}

export function unsubscribed(
  clientId: string,
  topics: string[],
  given: Given<Unsubscribed> = {},
): Unsubscribed {
  return {
    eventType: "unsubscribed",
    clientId,
    timestamp: Date.now(),
    sessionIdentifier: `session of ${clientId}`,
    topics,
    ...given,
  };
}
