import { isShared, matches, topicFilter } from "./topics.ts";

export type Qos = 0 | 1 | 2;

/** How a client connects. */
export interface Connecting {
  version: 4 | 5;
  clean: boolean;
  /** Seconds for which the session outlives the connection; before MQTT 5 it follows from `clean`. */
  expiry: number;
  will?: Will | undefined;
}

export interface Message {
  topic: string;
  payload: string;
  qos: Qos;
  retain: boolean;
  /** The shared subscription that a copy was made for. */
  shared?: string;
}

export interface Will extends Message {
  /** Seconds: 0, or longer than any sequence takes. */
  delay: number;
}

/** How a connection ends: with or without a word, and with a word that asks for the will. */
export type Leaving = "politely" | "at once" | "with will";

/** A session, as plainly as it can be said. */
export interface ModelSession extends Connecting {
  connected: boolean;
  subscriptions: Map<string, Qos>;
  /** What waits for the client: what one command brought, in any order, then what the next one did. */
  waiting: Message[][];
  /** What the connection has to receive, command by command; the order of what one command brings is open. */
  inbox: Message[][];
}

/** One of the places where a copy of a message may be: a member of a group has it. */
interface Place {
  part: Message[];
  copy: Message;
}

/** What the broker and the API must show after any sequence of commands. */
export class Model {
  readonly sessions = new Map<string, ModelSession>();
  readonly banned = new Set<string>();
  /** Bans of client ids that match an expression. */
  readonly patterns = new Set<string>();
  readonly retained = new Map<string, Message>();
  /** Copies of the last command of which only one of the members of a group has each. */
  #open: Place[][] = [];
  /** What the last command brings to each session. */
  #parts = new Set<Message[]>();

  /** The next command is about to be done. */
  next(): void {
    this.#open = [];
    this.#parts.clear();
  }

  /** Gives open copies to members of their groups, in every way that there is; the last way that was asked for stays. */
  *choices(open: readonly Place[][] = this.#open): Generator<void> {
    const [places, ...others] = open;
    if (!places) return yield;
    for (const { part, copy } of places) {
      part.push(copy);
      yield* this.choices(others);
      part.pop();
    }
  }

  /** Returns whether a session is there for the client to go on with. */
  connect(id: string, connecting: Connecting): boolean {
    if (this.sessions.get(id)?.connected) this.disconnect(id, "at once");
    if (connecting.clean) this.#end(id);
    const kept = this.sessions.get(id);
    this.sessions.set(id, {
      ...connecting,
      connected: true,
      subscriptions: kept?.subscriptions ?? new Map(),
      waiting: [],
      inbox: kept?.waiting ?? [],
    });
    return kept !== undefined;
  }

  disconnect(id: string, how: Leaving): void {
    const will = this.#leave(id, how);
    if (will) this.publish(will);
  }

  /** The client leaves, and its session ends before anything else happens. */
  expire(id: string, how: Leaving): void {
    this.disconnect(id, how);
    this.#end(id);
  }

  subscribe(id: string, filter: string, qos: Qos): void {
    const session = this.sessions.get(id);
    if (!session) return;
    session.subscriptions.set(filter, qos);
    if (isShared(filter) || !session.connected) return;
    for (const message of this.retained.values()) {
      if (!matches(filter, message.topic)) continue;
      this.#part(session).push({ ...message, qos: least(message.qos, qos) });
    }
  }

  unsubscribe(id: string, filter: string): void {
    this.sessions.get(id)?.subscriptions.delete(filter);
  }

  /** Returns whether anybody subscribes. */
  publish({ topic, payload, qos, retain }: Message): boolean {
    const message = { topic, payload, qos, retain };
    if (retain && payload === "") this.retained.delete(topic);
    else if (retain) this.retained.set(topic, message);
    const groups = new Set<string>();
    let taken = false;
    for (const session of this.sessions.values()) {
      for (const [filter, granted] of session.subscriptions) {
        if (!matches(topicFilter(filter), topic)) continue;
        taken = true;
        // Each of overlapping subscriptions brings a copy, as in EMQX.
        if (isShared(filter)) groups.add(filter);
        else this.#part(session).push({ ...message, qos: least(qos, granted), retain: false });
      }
    }
    for (const shared of groups) this.#share({ ...message, retain: false, shared }, shared);
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
    return this.#end(id);
  }

  /** The broker ends and starts again; it publishes the wills of who was connected. */
  restart(): void {
    const wills = this.#connected().map((id) => this.#leave(id, "at once"));
    for (const will of wills) if (will) this.publish(will);
  }

  /** Wills that come when the connections end now. */
  get wills(): Will[] {
    return this.#connected().flatMap((id) => {
      const { will, expiry } = this.sessions.get(id) ?? {};
      return will && (will.delay === 0 || expiry === 0) ? [will] : [];
    });
  }

  #connected(): string[] {
    return [...this.sessions].filter(([, { connected }]) => connected).map(([id]) => id);
  }

  /** A connection ends. Returns the will that is to be published now. */
  #leave(id: string, how: Leaving): Will | undefined {
    const session = this.sessions.get(id);
    if (!session) return undefined;
    if (how === "politely") session.will = undefined;
    const { will, expiry } = session;
    if (expiry === 0) this.sessions.delete(id);
    else Object.assign(session, { connected: false, inbox: [] });
    if (will && will.delay > 0 && expiry > 0) return undefined;
    session.will = undefined;
    return will;
  }

  /** A session ends: its will comes if it has waited for that, and what waited for a group goes to other members. */
  #end(id: string): boolean {
    const session = this.sessions.get(id);
    if (!session) return false;
    this.sessions.delete(id);
    if (session.will && !this.isBanned(id)) this.publish(session.will);
    for (const copy of session.waiting.flat()) if (copy.shared) this.#share(copy, copy.shared);
    return true;
  }

  /** A message goes to one member of a group: to one that is connected, if there is any. */
  #share(message: Message, shared: string): void {
    const members = [...this.sessions.values()].filter(({ subscriptions }) => subscriptions.has(shared));
    const connected = members.filter((member) => member.connected);
    const places = (connected.length > 0 ? connected : members).map((member) => {
      const granted = member.subscriptions.get(shared) ?? 0;
      return { part: this.#part(member), copy: { ...message, qos: least(message.qos, granted) } };
    });
    if (places.length > 0) this.#open.push(places);
  }

  /** What the last command brings to a session. */
  #part({ connected, inbox, waiting }: ModelSession): Message[] {
    const parts = connected ? inbox : waiting;
    const last = parts.at(-1);
    if (last && this.#parts.has(last)) return last;
    const part: Message[] = [];
    parts.push(part);
    this.#parts.add(part);
    return part;
  }
}

const least = (a: Qos, b: Qos) => Math.min(a, b) as Qos;
