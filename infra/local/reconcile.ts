import { isDeepStrictEqual } from "node:util";
import type { EmbeddedBroker } from "../../lib/broker/embedded/broker.ts";
import { sessionExpiryInterval } from "../../lib/broker/embedded/connection.ts";
import type { SessionIdentifiers } from "../../lib/broker/embedded/session-identifiers.ts";
import { endSession } from "../../lib/ingest/end-session.ts";
import { ingest, type Registry } from "../../lib/ingest/ingest.ts";
import { type SessionState, visibleSession } from "../../lib/records/session-state.ts";

type KeptSessions = Pick<SessionIdentifiers, "clients" | "find">;

/**
 * Brings registry and broker to the same sessions and subscriptions, while nobody is connected yet: a process that was
 * killed may have acknowledged to clients what its registry never learnt, or ended a session in one of the two only.
 */
export async function reconcile(
  registry: Registry,
  broker: EmbeddedBroker,
  kept: KeptSessions,
): Promise<void> {
  const clients = new Set(await kept.clients());
  for await (const state of registry.sessions.states()) {
    if (!clients.has(state.clientid) && isVisible(state)) await endSession(registry.sessions, state);
  }
  for (const clientid of clients) {
    const identifier = await kept.find(clientid);
    if (identifier !== undefined) await reconcileSession(registry, broker, clientid, identifier);
  }
}

const isVisible = (state: SessionState) => visibleSession(state, Date.now()) !== undefined;

async function reconcileSession(
  registry: Registry,
  broker: EmbeddedBroker,
  clientid: string,
  identifier: string,
): Promise<void> {
  const state = await registry.sessions.state(clientid);
  const isKnown = state?.connect?.session_identifier === identifier;
  if (isKnown && !isVisible(state)) return broker.discardSession(clientid);
  if (!isKnown) await bringSession(registry, clientid, identifier, state);
  await bringSubscriptions(registry, broker, clientid, identifier);
}

/** What its client said when it connected is not known any more. */
async function bringSession(
  registry: Registry,
  clientId: string,
  sessionIdentifier: string,
  state: SessionState | undefined,
): Promise<void> {
  const versionNumber = Math.max(Date.now(), (state?.connect?.version ?? 0) + 1);
  const common = { clientId, sessionIdentifier, versionNumber, timestamp: versionNumber };
  const session = { clean_start: false, expiry_interval: sessionExpiryInterval };
  await ingest(registry, { ...common, eventType: "connected", session });
  await ingest(registry, { ...common, eventType: "disconnected" });
}

async function bringSubscriptions(
  registry: Registry,
  broker: EmbeddedBroker,
  clientId: string,
  sessionIdentifier: string,
): Promise<void> {
  const held = await broker.subscriptions(clientId);
  const shown = await registry.subscriptions.ofSessions(clientId, [sessionIdentifier]);
  const rows = new Map(shown.map((row) => [row.topic, row]));
  const isShown = ({ topic, qos, nl, rap, rh }: (typeof held)[number]) => {
    const row = rows.get(topic);
    return row !== undefined && isDeepStrictEqual([row.qos, row.nl, row.rap, row.rh], [qos, nl, rap, rh]);
  };
  const missing = held.filter((subscription) => !isShown(subscription));
  const gone = shown
    .filter((row) => held.every(({ topic }) => topic !== row.topic))
    .map(({ topic }) => topic);
  const common = { clientId, sessionIdentifier, timestamp: Date.now() };
  if (missing.length > 0) {
    const topics = missing.map(({ topic }) => topic);
    const options = missing.map(({ topic: _, ...it }) => it);
    await ingest(registry, { ...common, eventType: "subscribed", topics, options });
  }
  if (gone.length > 0) await ingest(registry, { ...common, eventType: "unsubscribed", topics: gone });
}
