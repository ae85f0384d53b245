import { Transform } from "node:stream";
import type { AedesPublishPacket } from "aedes";
import type { AedesPersistence } from "./kept-state.ts";
import { attachFacts, factsOf, type MessageFacts } from "./message-facts.ts";

/** Name under which facts are stored among the properties of a packet. */
const storedName = "fleetgate";

/** An Aedes persistence that keeps the facts of retained messages with them. */
export function keepFacts(inner: AedesPersistence): AedesPersistence {
  return Object.assign(Object.create(inner) as AedesPersistence, {
    storeRetained: (packet: AedesPublishPacket) => inner.storeRetained(toStored(packet)),
    createRetainedStream: (filter: string) => inner.createRetainedStream(filter).pipe(fromStored()),
    createRetainedStreamCombi: (filters: string[]) =>
      inner.createRetainedStreamCombi(filters).pipe(fromStored()),
  });
}

function toStored(packet: AedesPublishPacket): AedesPublishPacket {
  const known = factsOf(packet);
  return known ? store(packet, known) : packet;
}

function store(packet: AedesPublishPacket, known: MessageFacts): AedesPublishPacket {
  return { ...packet, properties: { ...packet.properties, [storedName]: known } } as AedesPublishPacket;
}

function fromStored(): Transform {
  return new Transform({
    objectMode: true,
    transform(packet: AedesPublishPacket, _encoding, done) {
      const { [storedName]: known, ...properties } = (packet.properties ?? {}) as Record<string, unknown>;
      if (known) {
        Object.assign(packet, { properties });
        attachFacts(packet, known as MessageFacts);
      }
      done(null, packet);
    },
  });
}
