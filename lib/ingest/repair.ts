import type { Broker, BrokerSession } from "../broker/broker.ts";
import type { SessionState } from "../records/session-state.ts";
import { madeUpIdentifier, nextVersion, standingOf } from "../records/session-state.ts";
import { factsOf } from "./complete-event.ts";
import { endSession } from "./end-session.ts";
import { ingest, type Registry } from "./ingest.ts";
import type { EventFacts } from "./lifecycle-event.ts";

type Inspection = Pick<Broker, "session" | "subscriptions">;

/** What the comparison of one client led to. */
export type Repair = "right" | "connected" | "disconnected" | "ended" | "completed";

/**
 * Compares what the registry says of a client with what the broker says now, and brings in the events that never
 * came. A real connect of the same connection that comes later takes the place of one that was made up, and its session
 * gets the subscriptions that were found; until then these are shown with those that the session makes meanwhile.
 */
export async function repairClient(
  registry: Registry,
  broker: Inspection,
  clientid: string,
): Promise<Repair> {
  const state = await registry.sessions.state(clientid);
  const session = await broker.session(clientid);
  const shown = state ? standingOf(state).standing : "gone";
  if (session?.connected && shown !== "connected") {
    await bringConnect(registry, clientid, state, session);
    await bringSubscriptions(registry, broker, clientid);
    return "connected";
  }
  if (!state?.connect || shown === "gone") return "right";
  if (!session) {
    await endSession(registry.sessions, state);
    return "ended";
  }
  if (!session.connected && shown === "connected") {
    await bringDisconnect(registry, state, session.disconnected_at, factsOf(session));
    return "disconnected";
  }
  return (await addFacts(registry, clientid, factsOf(session))) ? "completed" : "right";
}

/** Brings a connect that is later than all that is known, and no later than the real one of this connection. */
async function bringConnect(
  registry: Registry,
  clientId: string,
  state: SessionState | undefined,
  session: BrokerSession,
): Promise<void> {
  const timestamp = session.connected_at ?? Date.now();
  await ingest(registry, {
    eventType: "connected",
    clientId,
    timestamp,
    versionNumber: nextVersion(state ?? {}, timestamp),
    sessionIdentifier: madeUpIdentifier(timestamp),
    session: factsOf(session),
    ...(session.ip_address !== undefined && { ipAddress: session.ip_address }),
  });
}

async function bringSubscriptions(registry: Registry, broker: Inspection, clientId: string): Promise<void> {
  const found = await broker.subscriptions(clientId);
  const state = await registry.sessions.state(clientId);
  if (found.length === 0 || !state?.connect) return;
  await ingest(registry, {
    eventType: "subscribed",
    clientId,
    timestamp: Math.max(Date.now(), state.connect.at),
    sessionIdentifier: state.connect.session_identifier,
    topics: found.map(({ topic }) => topic),
    options: found.map(({ topic, ...options }) => options),
  });
}

async function bringDisconnect(
  registry: Registry,
  { clientid: clientId, connect }: SessionState,
  timestamp = Date.now(),
  session: EventFacts | undefined = undefined,
): Promise<void> {
  if (!connect) return;
  const { version: versionNumber, session_identifier: sessionIdentifier } = connect;
  await ingest(registry, {
    eventType: "disconnected",
    ...{ clientId, timestamp, versionNumber, sessionIdentifier },
    ...(session && { session }),
  });
}

/** Whether a session is kept, and for how long, may not have been known when its events came. */
async function addFacts(
  registry: Registry,
  clientid: string,
  facts: EventFacts | undefined,
): Promise<boolean> {
  let added = false;
  await registry.sessions.change(clientid, (state) => {
    added = state !== undefined && state.expiry_interval === undefined && facts !== undefined;
    return added && state ? { ...state, ...facts } : state;
  });
  return added;
}
