import { pipeline, Transform } from "node:stream";
import type { AedesPublishPacket } from "aedes";
import type { AedesPersistence } from "./kept-state.ts";
import { attachFacts, factsOf, type MessageFacts } from "./message-facts.ts";

/** Name under which facts are stored among the properties of a packet. */
const storedName = "fleetgate";

interface Receiver {
  id: string;
}

/** An Aedes persistence that keeps the facts of messages with the messages, and the time at which they were queued. */
export function keepFacts(inner: AedesPersistence): AedesPersistence {
  return Object.assign(Object.create(inner) as AedesPersistence, {
    outgoingEnqueue: (subscription: { clientId: string }, packet: AedesPublishPacket) =>
      inner.outgoingEnqueue(subscription, toQueued(packet)),
    outgoingEnqueueCombi: (subscriptions: { clientId: string }[], packet: AedesPublishPacket) =>
      inner.outgoingEnqueueCombi(subscriptions, toQueued(packet)),
    outgoingUpdate: (receiver: Receiver, packet: AedesPublishPacket) =>
      inner.outgoingUpdate(receiver, toQueued(packet)),
    // A pipeline hands errors on to the reader, which a pipe does not.
    outgoingStream: (receiver: Receiver) => pipeline(inner.outgoingStream(receiver), fromStored(), () => {}),
  });
}

let lastInserted = 0n;

/** Epoch nanoseconds, each later than the one before. */
function now(): string {
  const time = BigInt(Date.now()) * 1_000_000n;
  lastInserted = time > lastInserted ? time : lastInserted + 1n;
  return String(lastInserted);
}

function toQueued(packet: AedesPublishPacket): AedesPublishPacket {
  const known = factsOf(packet);
  return known ? store(packet, { ...known, inserted_at: known.inserted_at ?? now() }) : packet;
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
