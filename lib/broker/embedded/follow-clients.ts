import type { EventEmitter } from "node:events";
import type { Aedes, AedesPublishPacket, Client } from "aedes";
import { log } from "../../log.ts";
import { identityOf } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Extensions } from "./extensions.ts";
import type { FollowedDeliveries } from "./followed-deliveries.ts";
import type { KeptState } from "./kept-state.ts";
import type { Reports } from "./reports.ts";
import { forgetEndedSession } from "./session-end.ts";

interface Followers {
  connections: Connections;
  kept: KeptState;
  reports: Reports;
  extensions: Extensions;
  followed: FollowedDeliveries;
}

/** Passes on what Aedes tells of its clients: to the reports, then to the extensions. */
export function followClients(
  aedes: Aedes,
  { connections, kept, reports, extensions, followed }: Followers,
): void {
  // Earlier than `clientReady`, which comes after the client was told, and may have been kicked out again.
  aedes.on("client", (client) => {
    if (client.closed || !connections.find(client)) turnAway(aedes, client, connections);
    else reports.connected(client);
  });
  aedes.on("clientReady", (client) => {
    if (!client.closed) extensions.connect(identityOf(client, connections.of(client)));
  });
  aedes.on("clientDisconnect", (client) => {
    const connection = reports.disconnected(client);
    if (!connection) return;
    extensions.disconnect(identityOf(client, connection));
    forgetEndedSession(client, connection, connections, kept);
  });
  aedes.on("ack", (packet, client) => followed.acknowledged(client, packet as AedesPublishPacket));
  aedes.on("subscribe", (granted, client) => reports.subscribed(client, granted));
  aedes.on("unsubscribe", (topics, client) => {
    // Aedes reports the end of a connection as an unsubscribe too.
    if (!client.closed) reports.unsubscribed(client, topics);
  });
  aedes.on("connectionError", (client) => void connections.close(client));
  // Nobody else waits for what fails here; an error that nobody listens to would end the process.
  (aedes as EventEmitter).on("error", (error) =>
    log("error", "the broker could not keep or remove something", { error }),
  );
}

/** Aedes lets in whose connection has ended while it was looked who that is, and would never see it go. */
function turnAway(aedes: Aedes, client: Client, connections: Connections): void {
  connections.close(client);
  (aedes as Aedes & { unregisterClient(client: Client): void }).unregisterClient(client);
}
