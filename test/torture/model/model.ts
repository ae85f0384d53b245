import { matches } from "./topics.ts";

export type Qos = 0 | 1 | 2;

/** How a client connects. */
export interface Connecting {
  version: 4 | 5;
  clean: boolean;
  /** Seconds for which the session outlives the connection; before MQTT 5 it follows from `clean`. */
  expiry: number;
}

export interface Message {
  topic: string;
  payload: string;
  qos: Qos;
  retain: boolean;
}

/** A session, as plainly as it can be said. */
export interface ModelSession extends Connecting {
  connected: boolean;
  subscriptions: Map<string, Qos>;
  /** What waits for the client: what one message brought, in any order, then what the next one did. */
  waiting: Message[][];
  /** What the connection has to receive, command by command; the order of what one command brings is open. */
  inbox: Message[][];
}

/** What the broker and the API must show after any sequence of commands. */
export class Model {
  readonly sessions = new Map<string, ModelSession>();
  readonly banned = new Set<string>();
  /** Bans of client ids that match an expression. */
  readonly patterns = new Set<string>();
  readonly retained = new Map<string, Message>();

  /** Returns whether a session is there for the client to go on with. */
  connect(id: string, connecting: Connecting): boolean {
    const known = this.sessions.get(id);
    if (known?.connected) this.disconnect(id);
    const kept = connecting.clean ? undefined : this.sessions.get(id);
    this.sessions.set(id, {
      ...connecting,
      connected: true,
      subscriptions: kept?.subscriptions ?? new Map(),
      waiting: [],
      inbox: kept?.waiting ?? [],
    });
    return kept !== undefined;
  }

  disconnect(id: string): void {
    const session = this.sessions.get(id);
    if (!session) return;
    if (session.expiry === 0) this.sessions.delete(id);
    else Object.assign(session, { connected: false, inbox: [] });
  }

  subscribe(id: string, filter: string, qos: Qos): void {
    const session = this.sessions.get(id);
    if (!session) return;
    session.subscriptions.set(filter, qos);
    const found = [...this.retained.values()].filter(({ topic }) => matches(filter, topic));
    const messages = found.map((message) => ({ ...message, qos: least(message.qos, qos) }));
    if (session.connected) session.inbox.push(messages);
  }

  unsubscribe(id: string, filter: string): void {
    this.sessions.get(id)?.subscriptions.delete(filter);
  }

  /** Returns whether anybody subscribes. */
  publish(message: Message): boolean {
    if (message.retain && message.payload === "") this.retained.delete(message.topic);
    else if (message.retain) this.retained.set(message.topic, message);
    let taken = false;
    for (const session of this.sessions.values()) {
      const granted = [...session.subscriptions]
        .filter(([filter]) => matches(filter, message.topic))
        .map(([, qos]) => qos);
      if (granted.length === 0) continue;
      taken = true;
      // Each of overlapping subscriptions brings a copy, as in EMQX.
      const messages = granted.map((qos) => ({ ...message, qos: least(message.qos, qos), retain: false }));
      const parts = session.connected ? session.inbox : session.waiting;
      parts.push(messages);
    }
    return taken;
  }

  isBanned(id: string): boolean {
    return this.banned.has(id) || [...this.patterns].some((pattern) => new RegExp(pattern).test(id));
  }

  /**
   * Bans, and kicks out: whom an id names, connected or not; whom a pattern matches, if connected. Returns whether it was
   * not banned so before.
   */
  ban(as: "clientid" | "clientid_re", who: string): boolean {
    const bans = as === "clientid" ? this.banned : this.patterns;
    if (bans.has(who)) return false;
    bans.add(who);
    if (as === "clientid") this.kick(who);
    else for (const [id, { connected }] of this.sessions) if (connected && this.isBanned(id)) this.kick(id);
    return true;
  }

  /** Returns whether there was such a ban. */
  unban(as: "clientid" | "clientid_re", who: string): boolean {
    return (as === "clientid" ? this.banned : this.patterns).delete(who);
  }

  /** Returns whether there was a session. */
  kick(id: string): boolean {
    return this.sessions.delete(id);
  }

  /** The broker ends and starts again. */
  restart(): void {
    for (const [id, { connected }] of this.sessions) if (connected) this.disconnect(id);
  }
}

const least = (a: Qos, b: Qos) => Math.min(a, b) as Qos;
