import type { Duplex } from "node:stream";
import mqttPacket from "mqtt-packet";

const options = { protocolVersion: 5 };

/**
 * Aedes tells every MQTT 5 client that there are no shared subscriptions. Here are: the CONNACK, which is the first
 * packet to be written, says so. [MQTT-3.2.2.3.13]
 */
export function announceSharedSubscriptions(stream: Duplex): void {
  const { write } = stream;
  const parser = mqttPacket.parser(options);
  parser.on("packet", (packet) => {
    stream.write = write;
    if (packet.cmd === "connack" && packet.properties?.sharedSubscriptionAvailable === false) {
      packet.properties.sharedSubscriptionAvailable = true;
    }
    stream.write(mqttPacket.generate(packet, options));
  });
  stream.write = (chunk: string | Uint8Array) => {
    parser.parse(Buffer.from(chunk));
    return true;
  };
}
