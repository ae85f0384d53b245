import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import mqttPacket, { type Packet } from "mqtt-packet";
import type { Random } from "../random.ts";

const will = { topic: "fleet/t", payload: Buffer.from("gone"), qos: 1 as const, retain: true };
const properties = {
  payloadFormatIndicator: true,
  messageExpiryInterval: 60,
  responseTopic: "answer",
  correlationData: Buffer.from("one"),
  userProperties: { a: "b", constructor: ["c", "d"] },
  contentType: "text/plain",
};

/** Packets that are valid, by version of MQTT. */
function valid(version: 3 | 4 | 5, clientId: string): Packet[] {
  const extra = version === 5 ? { properties } : {};
  const connectPacket = {
    ...{ cmd: "connect", protocolVersion: version, protocolId: version === 3 ? "MQIsdp" : "MQTT" },
    ...{ clientId, clean: false, keepalive: 60, username: "u", password: Buffer.from("p"), will },
    ...(version === 5 && {
      properties: {
        ...{ sessionExpiryInterval: 5, receiveMaximum: 3, topicAliasMaximum: 4, maximumPacketSize: 200 },
        ...{ requestResponseInformation: true, requestProblemInformation: false, userProperties: { a: "b" } },
      },
    }),
  } as Packet;
  const publish = { cmd: "publish", topic: "fleet/t", payload: "x", dup: false, retain: false } as const;
  const subscriptions = [
    { topic: "fleet/+", qos: 2 as const },
    { topic: "$share/g/t", qos: 1 as const },
  ];
  return [
    connectPacket,
    { ...publish, qos: 0, ...extra },
    { ...publish, qos: 1, messageId: 1, ...extra },
    { ...publish, qos: 2, messageId: 2, retain: true, ...extra },
    ...(version === 5
      ? [
          { ...publish, qos: 0 as const, properties: { topicAlias: 1 } },
          { ...publish, topic: "", qos: 0 as const, properties: { topicAlias: 1 } },
          { ...publish, qos: 1 as const, messageId: 9, properties: { ...properties, topicAlias: 65_535 } },
        ]
      : []),
    { cmd: "pubrel", messageId: 2 } as Packet,
    { cmd: "puback", messageId: 1 } as Packet,
    { cmd: "pubrec", messageId: 1 } as Packet,
    { cmd: "pubcomp", messageId: 1 } as Packet,
    {
      cmd: "subscribe",
      messageId: 3,
      subscriptions,
      ...(version === 5 && { properties: { subscriptionIdentifier: 5 } }),
    },
    { cmd: "unsubscribe", messageId: 4, unsubscriptions: ["fleet/+", "x"] },
    { cmd: "pingreq" },
    ...(version === 5
      ? [{ cmd: "auth", reasonCode: 0x18, properties: { authenticationMethod: "m" } } as Packet]
      : []),
    {
      cmd: "disconnect",
      ...(version === 5 && { reasonCode: 4, properties: { reasonString: "bye" } }),
    } as Packet,
  ];
}

/** Client ids that are used. */
export const packetClients = ["fuzz-1", "fuzz-2", "fuzz-3", "toString", "__proto__"];

/** Bytes that an MQTT client might send, mostly well-formed, with something wrong in them. */
export function packetBytes(random: Random): Buffer {
  const version = random.pick([3, 4, 5] as const);
  const write = (packet: Packet) => mqttPacket.generate(packet, { protocolVersion: version });
  const id = random.pick(packetClients);
  const [first, ...others] = valid(version, id).map(write);
  const chosen = Array.from({ length: 1 + random.number(5) }, () => random.pick(others));
  const bytes = [first ?? Buffer.alloc(0), ...chosen];
  const place = random.chance(0.2) ? 0 : random.number(bytes.length);
  bytes[place] = spoil(bytes[place] ?? Buffer.alloc(0), random);
  return Buffer.concat(bytes);
}

function spoil(bytes: Buffer, random: Random): Buffer {
  let spoiled = Buffer.from(bytes);
  for (let n = 0; n <= random.number(3); n += 1) {
    const at = random.number(Math.max(spoiled.length, 1));
    const values = [0, 1, 0x7f, 0x80, 0xff, random.number(256)];
    switch (random.number(4)) {
      case 0:
        if (spoiled.length > 0) spoiled[at] = (spoiled[at] ?? 0) ^ (1 << random.number(8));
        break;
      case 1:
        if (spoiled.length > 0) spoiled[at] = random.pick(values);
        break;
      case 2:
        spoiled = Buffer.concat([
          spoiled.subarray(0, at),
          Buffer.from([random.pick(values)]),
          spoiled.subarray(at),
        ]);
        break;
      default:
        spoiled = Buffer.concat([spoiled.subarray(0, at), spoiled.subarray(at + 1)]);
    }
  }
  return spoiled;
}

/** How long a connection is kept for what may be answered, in milliseconds. */
const lingers = 15;

/** Sends bytes to a port on a connection of their own. */
export async function sendPackets(address: string, bytes: Buffer): Promise<void> {
  const { hostname, port } = new URL(address);
  const socket: Socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.resume().write(bytes);
  await sleep(lingers);
  socket.destroy();
}
