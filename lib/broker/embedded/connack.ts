import type { Client } from "aedes";
import mqttPacket, { type IConnackPacket } from "mqtt-packet";
import type { Connection } from "./connection.ts";

/** What a client of MQTT 5 is told that is banned. [MQTT-3.2.2.2] */
const bannedCode = 0x8a;

/**
 * Has the CONNACK of a client, which is the first packet that is written to it, say what Aedes does not know: which
 * sessions are kept, that shared subscriptions are there, and who is banned.
 */
export function correctConnack({ conn: stream }: Client, connection: Connection): void {
  const options = { protocolVersion: connection.facts.proto_ver ?? 4 };
  const { write } = stream;
  const parser = mqttPacket.parser(options);
  parser.on("packet", (packet) => {
    stream.write = write;
    if (packet.cmd === "connack") correct(packet, connection);
    stream.write(mqttPacket.generate(packet, options));
  });
  stream.write = (chunk: string | Uint8Array) => {
    parser.parse(Buffer.from(chunk));
    return true;
  };
}

function correct(connack: IConnackPacket, { isBanned, sessionBegan }: Connection): void {
  if (isBanned && connack.reasonCode !== undefined) connack.reasonCode = bannedCode;
  if (connack.returnCode || connack.reasonCode) return;
  // [MQTT-3.2.2-2] also of a session that has no subscriptions
  connack.sessionPresent = sessionBegan === 0;
  // [MQTT-3.2.2.3.13]
  if (connack.properties) connack.properties.sharedSubscriptionAvailable = true;
}
