import { isIP, SocketAddress } from "node:net";

/**
 * An IP address in its usual form, `undefined` if the text is none. Takes IPv4 shorthand such as `127.1`, as EMQX
 * does, by the rules that URLs have for hosts; a port is not part of an address.
 */
export function normalAddress(text: string): string | undefined {
  if (!/^[\da-f:.]+$/i.test(text)) return undefined;
  if (text.includes(":")) {
    return isIP(text) === 6 ? new SocketAddress({ address: text, family: "ipv6" }).address : undefined;
  }
  const host = URL.parse(`http://${text}`)?.hostname;
  return host && isIP(host) ? host : undefined;
}

/**
 * The bytes of an address in its usual form: 4 of an IPv4 address, also of one that is written as IPv6
 * (`::ffff:10.0.0.1`), because a listener for both reports it either way; 16 of others.
 */
export function addressBytes(address: string): number[] {
  if (!address.includes(":")) return address.split(".").map(Number);
  const bytes = ipv6Bytes(address);
  return isMapped(bytes) ? bytes.slice(mappedPrefix.length) : bytes;
}

/** The 16 bytes of an IPv6 address. */
export function ipv6Bytes(address: string): number[] {
  // The host of a URL has hex groups only, no dotted end.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = groups
    .split("::")
    .map((part) => part.split(":").filter(Boolean).flatMap(twoBytes));
  return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

/** Whether 16 bytes are those of an IPv4 address that is written as IPv6. [RFC 4291, 2.5.5.2] */
export function isMapped(bytes: readonly number[]): boolean {
  return mappedPrefix.every((byte, n) => bytes[n] === byte);
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

const twoBytes = (group: string) => {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 255];
};
