import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer, type Server } from "node:net";
import { createWebSocketStream, WebSocketServer } from "ws";
import type { EmbeddedBroker } from "../../lib/broker/embedded/broker.ts";

/** Listens for MQTT over TCP. Who has sent the last packet is still answered. */
export function mqttServer(broker: EmbeddedBroker): Server {
  return createServer({ allowHalfOpen: true }, (socket) => broker.accept(socket));
}

/** Listens for MQTT over WebSocket at `/mqtt`, as EMQX does. [MQTT-6.0.0-3, MQTT-6.0.0-4] */
export function webSocketServer(broker: EmbeddedBroker): HttpServer {
  const server = createHttpServer((_, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({
    server,
    path: "/mqtt",
    handleProtocols: (offered) => (offered.has("mqtt") ? "mqtt" : [...offered][0]) ?? false,
  });
  // It repeats the errors of its server, which are for whoever makes that listen.
  sockets.on("error", () => {});
  sockets.on("connection", (socket, request) => broker.accept(createWebSocketStream(socket), request));
  return server;
}
