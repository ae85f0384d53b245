import type { Client } from "aedes";
import { log } from "../../log.ts";
import { AedesClient } from "./aedes-client.ts";
import { identityOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Extensions } from "./extensions.ts";
import type { KeptState } from "./kept-state.ts";
import { nameClient } from "./name-client.ts";
import type { Reports } from "./reports.ts";
import { findSession } from "./session-begin.ts";
import { Turns } from "./turns.ts";
import type { Wills } from "./wills.ts";

/** Reasons for which a connection ends, as clients of MQTT 5 are told. [MQTT-3.14.2-1] */
const sessionTakenOver = 0x8e;
const administrativeAction = 0x98;

interface Parts {
  connections: Connections;
  extensions: Extensions;
  kept: KeptState;
  reports: Reports;
  wills: Wills;
}

/**
 * Lets clients in and puts them out. Of what concerns one client id, one comes after the other: whoever comes in finds
 * the session that the one before has left, and nobody's session is discarded while another one resumes it.
 */
export class Entrance {
  readonly #parts: Parts;
  readonly #turns = new Turns();
  readonly #entering = new WeakMap<Client, () => void>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Lets a client in, and finds or begins its session, before it is told that it is connected. Returns whether it may
   * come in. Its turn lasts until it is told that it is connected, or its connection is over.
   */
  async admit(client: Client): Promise<boolean> {
    const { connections, extensions, kept, wills } = this.#parts;
    const connection = connections.of(client);
    if (connection.clientid === "") nameClient(client, connection);
    connection.isBanned = !(await extensions.admit(identityOf(client, connection)));
    if (connection.isBanned) return false;
    await this.#begin(client);
    // Aedes would tell a client that it is connected before the one in its place is gone. [MQTT-3.1.4-3]
    await this.#end(client.id, sessionTakenOver);
    if (client.closed) return true;
    // [MQTT-3.1.2-4] the session ends that was there before
    if (connection.facts.clean_start) wills.sessionEnded(client.id);
    await findSession(client, connections, kept);
    return true;
  }

  /** A client that was let in is told that it is connected, or its connection is over. */
  entered(client: Client): void {
    this.#entering.get(client)?.();
    this.#entering.delete(client);
  }

  /** Ends connection and session of a client, and tells of it. Returns whether there was one of both. */
  async kick(clientid: string, preventWill: boolean): Promise<boolean> {
    const { connections, kept, reports, wills } = this.#parts;
    const leave = await this.#turns.take(clientid);
    try {
      const client = connections.withId(clientid);
      if (client && preventWill) new AedesClient(client).forgetWill();
      if (client) connections.of(client).isKicked = true;
      await this.#end(clientid, administrativeAction);
      if (preventWill) await wills.forget(clientid);
      else wills.sessionEnded(clientid);
      const sessionIdentifier = await kept.sessions.find(clientid);
      const discarded = await kept.discard(clientid);
      if (!client && sessionIdentifier !== undefined) {
        reports.endedWhileAway({ id: clientid, sessionIdentifier });
      }
      return discarded || client !== undefined;
    } finally {
      leave();
    }
  }

  /** Forgets the session of a client that is away. */
  async discard(clientid: string): Promise<void> {
    const { connections, kept, wills } = this.#parts;
    const leave = await this.#turns.take(clientid);
    try {
      if (connections.withId(clientid)) return;
      wills.sessionEnded(clientid);
      await kept.discard(clientid);
    } finally {
      leave();
    }
  }

  /**
   * Forgets that a session was kept whose client has left and ended it: by a DISCONNECT that sets its expiry to 0, or
   * because it resumed it with none. Aedes discards its subscriptions and messages by itself. [MQTT-3.14.2.2.2]
   */
  left(client: Client, sessionIdentifier: string): void {
    const { kept } = this.#parts;
    if (client.version !== 5 || !client.clean) return;
    const forget = async () => {
      if ((await kept.sessions.find(client.id)) === sessionIdentifier) await kept.sessions.remove(client.id);
    };
    const forgotten = forget().catch((error) =>
      log("error", "a session that ended was not forgotten", { error }),
    );
    kept.follow(client.id, forgotten);
  }

  async #begin(client: Client): Promise<void> {
    const leave = await this.#turns.take(client.id);
    this.#entering.set(client, leave);
    client.conn.once("close", () => this.entered(client));
    if (client.conn.closed || client.closed) this.entered(client);
  }

  /** Ends the connection of the client with an id, and waits until all is forgotten that ends with it. */
  async #end(clientid: string, reason: number): Promise<void> {
    const { connections, kept } = this.#parts;
    const client = connections.withId(clientid);
    if (client) {
      const { over } = connections.of(client);
      await new AedesClient(client).end(reason);
      await over.promise;
    }
    await kept.settled(clientid);
  }
}
