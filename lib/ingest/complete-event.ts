import type { Broker, BrokerSession } from "../broker/broker.ts";
import { log } from "../log.ts";
import type { SessionState } from "../records/session-state.ts";
import { isUnavailable } from "../unavailable.ts";
import type { EventFacts, LifecycleEvent } from "./lifecycle-event.ts";

type Inspection = Pick<Broker, "session" | "subscriptions">;

/**
 * Adds to an event what it lacks and the broker knows: IoT Core's events tell neither whether a session is kept nor
 * the QoS of a subscription. Without an answer the event stays as it is; the repair finds out later.
 */
export async function completeEvent(
  event: LifecycleEvent,
  broker: Inspection,
  known: () => Promise<SessionState | undefined>,
): Promise<LifecycleEvent> {
  switch (event.eventType) {
    case "connected": {
      const session = event.session ?? factsOf(await ifAvailable(broker.session(event.clientId)));
      return session ? { ...event, session } : event;
    }
    case "disconnected": {
      const state = await known();
      if (!state || state.expiry_interval !== undefined) return event;
      const session = factsOf(await ifAvailable(broker.session(event.clientId)));
      return session ? { ...event, session } : event;
    }
    case "subscribed": {
      if (event.options) return event;
      const granted = await ifAvailable(broker.subscriptions(event.clientId));
      if (!granted) return event;
      const qosOf = new Map(granted.map(({ topic, qos }) => [topic, qos]));
      return { ...event, options: event.topics.map((topic) => ({ qos: qosOf.get(topic) ?? 1 })) };
    }
    default:
      return event;
  }
}

/** The facts of a session as an event carries them. */
export function factsOf(session: BrokerSession | undefined): EventFacts | undefined {
  if (!session) return undefined;
  const { clean_start, expiry_interval, keepalive, port } = session;
  return { clean_start, expiry_interval, keepalive, ...(port !== undefined && { port }) };
}

async function ifAvailable<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    // What would be added is not worth losing the event.
    if (!isUnavailable(error)) log("error", "the broker could not tell of a client", { error });
    return undefined;
  }
}
