import type { EventEmitter } from "node:events";
import type { Aedes, AedesPublishPacket, Client } from "aedes";
import { log } from "../../log.ts";
import { AedesClient } from "./aedes-client.ts";
import { identityOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Entrance } from "./entrance.ts";
import type { Extensions } from "./extensions.ts";
import type { FollowedDeliveries } from "./followed-deliveries.ts";
import type { Reports } from "./reports.ts";

/** Why a connection ends, as clients of MQTT 5 are told. [MQTT-3.14.2-1] */
const keepAliveTimeout = 0x8d;

interface Followers {
  connections: Connections;
  entrance: Entrance;
  reports: Reports;
  extensions: Extensions;
  followed: FollowedDeliveries;
}

/** Passes on what Aedes tells of its clients: to the reports, then to the extensions. */
export function followClients(
  aedes: Aedes,
  { connections, entrance, reports, extensions, followed }: Followers,
): void {
  turnAwayGone(aedes);
  // Earlier than `clientReady`, which comes after the client was told, and may have been kicked out again.
  aedes.on("client", (client) => reports.connected(client));
  aedes.on("clientReady", (client) => {
    entrance.entered(client);
    if (!client.closed) extensions.connect(identityOf(client, connections.of(client)));
  });
  aedes.on("clientDisconnect", (client) => {
    const connection = reports.disconnected(client);
    if (!connection) return;
    extensions.disconnect(identityOf(client, connection));
    entrance.left(client, connection.sessionIdentifier);
  });
  aedes.on("ack", (packet, client) => followed.acknowledged(client, packet as AedesPublishPacket));
  aedes.on("subscribe", (granted, client) => reports.subscribed(client, granted));
  aedes.on("unsubscribe", (topics, client) => {
    // Aedes reports the end of a connection as an unsubscribe too.
    if (!client.closed) reports.unsubscribed(client, topics);
  });
  aedes.on("keepaliveTimeout", (client) => new AedesClient(client).say(keepAliveTimeout));
  aedes.on("connectionError", (client) => void connections.close(client));
  // Nobody else waits for what fails here; an error that nobody listens to would end the process.
  (aedes as EventEmitter).on("error", (error) =>
    log("error", "the broker could not keep or remove something", { error }),
  );
}

/** What Aedes's types leave out. */
interface Registering {
  registerClient(client: Client): void;
}

/**
 * Aedes lets in whose connection has ended while it was looked who that is: it would never see it go, and put out who
 * has come in its place.
 */
function turnAwayGone(aedes: Aedes): void {
  const registering = aedes as Aedes & Registering;
  const { registerClient } = registering;
  registering.registerClient = (client) => {
    if (!client.closed) registerClient.call(aedes, client);
  };
}
