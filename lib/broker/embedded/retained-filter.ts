/** Travels as facts do: in the properties of a packet, and never to a client. */
const broughtBy = Symbol("filter that a retained message was asked for by");

interface Packet {
  properties?: object | undefined;
}

/** Notes which filter brings a retained message to its new subscriber. */
export function attachFilter(packet: Packet, filter: string): void {
  packet.properties = { ...packet.properties, [broughtBy]: filter };
}

/** The filter that brings a retained message. */
export function filterOf({ properties }: Packet): string | undefined {
  return (properties as { [broughtBy]?: string } | undefined)?.[broughtBy];
}
