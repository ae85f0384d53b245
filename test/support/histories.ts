import * as fc from "fast-check";
import type { LifecycleEvent } from "../../lib/ingest/lifecycle-event.ts";
import { connected, connectedPersistent, disconnected, subscribed, unsubscribed } from "./events.ts";

type Step =
  | { kind: "connect" | "takeover"; persistent: boolean; lateEnd: boolean }
  | { kind: "subscribe" | "unsubscribe"; topics: string[]; qos: 0 | 1 | 2 }
  | { kind: "disconnect" };

/** What a client's history amounts to, told from the history in order. */
export interface Outcome {
  created_at: number;
  connected_at: number;
  disconnected_at?: number;
  connected: boolean;
  ip_address: string;
  /** In the order in which they were made. */
  subscriptions: { topic: string; qos: number }[];
}

export interface History {
  events: LifecycleEvent[];
  outcome: Outcome | undefined;
}

/** A step of a client that subscribes to some of the given filters. */
export const stepWith = (filters: readonly string[], maxLength: number): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({
      kind: fc.constantFrom("connect" as const, "takeover" as const),
      persistent: fc.boolean(),
      lateEnd: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom("subscribe" as const, "subscribe" as const, "unsubscribe" as const),
      topics: fc.uniqueArray(fc.constantFrom(...filters), { minLength: 1, maxLength }),
      qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    }),
    fc.constant({ kind: "disconnect" as const }),
  );

const step = stepWith(["a", "b/#", "+", "a/b"], 2);

/** The steps that a client takes. */
export const stepsOfClient = fc.array(step, { minLength: 1, maxLength: 12 });

/** The steps that clients take, one list per client. */
export const stepsOfClients = fc.array(stepsOfClient, { minLength: 1, maxLength: 3 });

/**
 * What the broker reports when a client takes these steps, which are `pace` milliseconds apart; those that it cannot
 * take are passed over.
 */
export function historyOf(clientid: string, steps: readonly Step[], start: number, pace = 1): History {
  const client = new SimulatedClient(clientid, start, pace);
  for (const step of steps) client.take(step);
  return { events: client.events, outcome: client.outcome };
}

interface SimulatedSession extends Omit<Outcome, "subscriptions"> {
  identifier: string;
  persistent: boolean;
  subscriptions: Map<string, number>;
}

class SimulatedClient {
  readonly events: LifecycleEvent[] = [];
  readonly #clientid: string;
  readonly #pace: number;
  #now: number;
  #version = -1;
  #sessions = 0;
  #session: SimulatedSession | undefined;

  constructor(clientid: string, start: number, pace: number) {
    this.#clientid = clientid;
    this.#pace = pace;
    this.#now = start;
  }

  get outcome(): Outcome | undefined {
    if (!this.#session) return undefined;
    const { identifier: _, persistent: __, subscriptions, ...outcome } = this.#session;
    return { ...outcome, subscriptions: [...subscriptions].map(([topic, qos]) => ({ topic, qos })) };
  }

  take(step: Step): void {
    const session = this.#session;
    if (step.kind === "connect" && !session?.connected) this.#connect(step.persistent);
    if (!session?.connected) return;
    if (step.kind === "takeover") this.#takeOver(session, step);
    if (step.kind === "subscribe") this.#subscribe(session, step.topics, step.qos);
    if (step.kind === "unsubscribe") this.#unsubscribe(session, step.topics);
    if (step.kind === "disconnect") this.#disconnect(session);
  }

  #connect(persistent: boolean): void {
    const resumed = persistent && this.#session?.persistent ? this.#session : undefined;
    const { timestamp } = this.#moment();
    this.#version += 1;
    const { disconnected_at: _, ...session } = resumed ?? this.#newSession(persistent, timestamp);
    const ip_address = `10.0.0.${this.#version}`;
    this.#session = { ...session, connected: true, connected_at: timestamp, ip_address };
    const connect = persistent ? connectedPersistent : connected;
    this.events.push(
      connect(this.#clientid, {
        timestamp,
        versionNumber: this.#version,
        sessionIdentifier: session.identifier,
        ipAddress: ip_address,
      }),
    );
  }

  #takeOver(old: SimulatedSession, { persistent, lateEnd }: { persistent: boolean; lateEnd: boolean }): void {
    const versionNumber = this.#version;
    const end = () =>
      this.events.push(
        disconnected(this.#clientid, {
          ...this.#moment(1),
          ...{ versionNumber, sessionIdentifier: old.identifier },
        }),
      );
    if (!lateEnd) end();
    this.#connect(persistent);
    if (lateEnd) end();
  }

  #subscribe({ identifier, subscriptions }: SimulatedSession, topics: string[], qos: 0 | 1 | 2): void {
    for (const topic of topics) {
      subscriptions.delete(topic);
      subscriptions.set(topic, qos);
    }
    const given = { ...this.#moment(), sessionIdentifier: identifier, options: topics.map(() => ({ qos })) };
    this.events.push(subscribed(this.#clientid, topics, given));
  }

  #unsubscribe({ identifier, subscriptions }: SimulatedSession, topics: string[]): void {
    for (const topic of topics) subscriptions.delete(topic);
    this.events.push(
      unsubscribed(this.#clientid, topics, { ...this.#moment(), sessionIdentifier: identifier }),
    );
  }

  #disconnect(session: SimulatedSession): void {
    const { timestamp } = this.#moment();
    this.events.push(
      disconnected(this.#clientid, {
        timestamp,
        versionNumber: this.#version,
        sessionIdentifier: session.identifier,
      }),
    );
    this.#session = session.persistent
      ? { ...session, connected: false, disconnected_at: timestamp }
      : undefined;
  }

  #newSession(
    persistent: boolean,
    created_at: number,
  ): Omit<SimulatedSession, "connected_at" | "ip_address"> {
    const identifier = `session ${++this.#sessions}`;
    return { identifier, persistent, created_at, connected: true, subscriptions: new Map() };
  }

  #moment(pace = this.#pace) {
    this.#now += pace;
    return { timestamp: this.#now };
  }
}
