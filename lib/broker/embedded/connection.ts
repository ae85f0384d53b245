import { randomUUID } from "node:crypto";
import { Socket } from "node:net";
import type { Client, ConnectPacket } from "aedes";
import type { EventFacts } from "../../ingest/lifecycle-event.ts";
import type { DisconnectProperties, SubscriptionOptions } from "../../records/session.ts";
import type { BrokerSession } from "../broker.ts";
import type { ClientIdentity } from "./extension.ts";

/** How long a persistent session outlives its connection, in seconds: MQTT 3.1.1 cannot say; EMQX's default. */
export const sessionExpiryInterval = 7_200;

/** What is known of a network connection. */
export interface Connection {
  facts: EventFacts;
  ip_address?: string;
  sessionIdentifier: string;
  /** The client id of the CONNECT, empty if the broker is to choose one. */
  clientid: string;
  /** When its session began, in epoch milliseconds; 0 if it was there before. */
  sessionBegan: number;
  /** Set once the client is connected. */
  version?: number;
  /** Whether it ends, and its session with it, because somebody has it kicked out. */
  isKicked?: boolean;
  /** Resolves when the connection is over. */
  over: PromiseWithResolvers<void>;
  /** Whether it is refused because of a ban. */
  isBanned?: boolean;
  /** The properties of the client's DISCONNECT, once it has sent one. */
  leftWith?: DisconnectProperties;
  /** What is subscribed to, by topic filter. */
  filters: Map<string, SubscriptionOptions>;
}

/** What a CONNECT packet, and the socket that it came by, tell. */
export function newConnection(packet: ConnectPacket, client: Client): Connection {
  const { socket, listener } = networkOf(client);
  const ip_address = socket?.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, "");
  return {
    facts: {
      ...(packet.username !== undefined && { username: packet.username }),
      ...(socket?.remotePort !== undefined && { port: socket.remotePort }),
      listener,
      proto_name: packet.protocolId ?? "MQTT",
      proto_ver: packet.protocolVersion ?? 4,
      clean_start: packet.clean ?? true,
      keepalive: packet.keepalive ?? 0,
      expiry_interval: expiryOf(packet),
      // Set by the packet parser, and missing in its types.
      is_bridge: (packet as { bridgeMode?: boolean }).bridgeMode ?? false,
    },
    ...(ip_address !== undefined && { ip_address }),
    sessionIdentifier: randomUUID(),
    clientid: packet.clientId,
    sessionBegan: Date.now(),
    over: Promise.withResolvers(),
    filters: new Map(),
  };
}

/** MQTT 5 names it; before, a session that is not clean has EMQX's default. [MQTT-3.1.2-11.2] */
function expiryOf({ protocolVersion, clean, properties }: ConnectPacket): number {
  if (protocolVersion === 5) return properties?.sessionExpiryInterval ?? 0;
  return clean ? 0 : sessionExpiryInterval;
}

/** The client at the other end of a connection. Aedes has no id for it yet while it reads what follows a CONNECT. */
export function identityOf(
  { id }: { id: string | null },
  { clientid, facts, ip_address }: Connection,
): ClientIdentity {
  return {
    clientid: id ?? clientid,
    ...(facts.username !== undefined && { username: facts.username }),
    ...(ip_address !== undefined && { ip_address }),
    ...(facts.port !== undefined && { port: facts.port }),
  };
}

function networkOf({ conn, req }: Client): { socket: Socket | undefined; listener: string } {
  if (req) return { socket: req.socket, listener: "ws:default" };
  return { socket: conn instanceof Socket ? conn : undefined, listener: "tcp:default" };
}

/** A connection as the broker port shows it. */
export function describeConnection({ facts, ip_address, version }: Connection): BrokerSession {
  return {
    connected: version !== undefined,
    clean_start: facts.clean_start ?? true,
    expiry_interval: facts.expiry_interval ?? 0,
    keepalive: facts.keepalive ?? 0,
    ...(version !== undefined && { connected_at: version }),
    ...(ip_address !== undefined && { ip_address }),
    ...(facts.port !== undefined && { port: facts.port }),
  };
}
