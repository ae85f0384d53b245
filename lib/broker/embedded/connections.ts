import type { Client, ConnectPacket } from "aedes";
import { type Connection, newConnection } from "./connection.ts";

/** The network connections of the embedded broker, with what their clients subscribe to. */
export class Connections {
  readonly #connections = new Map<Client, Connection>();
  readonly #ended = new WeakMap<Client, Connection>();
  readonly #byClientid = new Map<string, Client>();

  /** Remembers a connection whose CONNECT has arrived. Returns what is known of it. */
  open(client: Client, packet: ConnectPacket): Connection {
    const connection = newConnection(packet, client);
    this.#connections.set(client, connection);
    // Aedes does not tell of a client that leaves before it is let in.
    client.conn.once("close", () => {
      if (connection.version === undefined) this.close(client);
    });
    return connection;
  }

  /** Notes that a connection's client is connected. */
  establish(client: Client): void {
    this.#byClientid.set(client.id, client);
  }

  /** Forgets a connection, and returns what was known of it. */
  close(client: Client): Connection | undefined {
    const connection = this.#connections.get(client);
    if (connection) this.#ended.set(client, connection);
    this.#connections.delete(client);
    if (this.#byClientid.get(client.id) === client) this.#byClientid.delete(client.id);
    connection?.over.resolve();
    return connection;
  }

  /** What is known of a connection; `undefined` before its CONNECT and after its end. */
  find(client: Client): Connection | undefined {
    return this.#connections.get(client);
  }

  /** What is known of who publishes: its connection may be over, if that is its will. [MQTT-3.1.3-9] */
  ofSender(client: Client): Connection {
    return this.#ended.get(client) ?? this.of(client);
  }

  /** What is known of a connection. It must be open. */
  of(client: Client): Connection {
    const connection = this.#connections.get(client);
    if (!connection) throw new Error("The broker reports a client that it never announced");
    return connection;
  }

  /** The connected client with an id. */
  withId(clientid: string): Client | undefined {
    return this.#byClientid.get(clientid);
  }
}
