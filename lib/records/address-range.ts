import { addressBytes, ipv6Bytes, isMapped, normalAddress } from "./address.ts";

/** Addresses with the same first bits. */
export interface AddressRange {
  /** Network address and length, `192.168.5.0/24`. */
  text: string;
  /** Whether an address in its usual form lies in it. */
  includes(address: string): boolean;
}

/**
 * Reads a range in CIDR notation; an address without a length is a range of one. `undefined` if the text is none.
 * A range of IPv4 addresses that are written as IPv6 holds the IPv4 addresses.
 */
export function addressRange(text: string): AddressRange | undefined {
  const [, before = "", after] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = normalAddress(before);
  if (address === undefined) return undefined;
  const ipv6 = address.includes(":");
  const bits = ipv6 ? 128 : 32;
  const length = after === undefined ? bits : Number(after);
  if (length > bits) return undefined;
  const network = firstBits(ipv6 ? ipv6Bytes(address) : addressBytes(address), length);
  const inIpv4 = ipv6 && length >= 96 && isMapped(network);
  const [start, kept] = inIpv4 ? [network.slice(12), length - 96] : [network, length];
  return {
    text: `${write(network)}/${length}`,
    includes: (candidate) => {
      const bytes = addressBytes(candidate);
      return bytes.length === start.length && firstBits(bytes, kept).every((byte, n) => byte === start[n]);
    },
  };
}

/** The bytes with all bits after the first `length` cleared. */
function firstBits(bytes: readonly number[], length: number): number[] {
  return bytes.map((byte, n) => {
    const kept = Math.min(8, Math.max(0, length - 8 * n));
    return byte & (0xff00 >> kept) & 0xff;
  });
}

function write(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, n) =>
    ((bytes[2 * n] ?? 0) * 256 + (bytes[2 * n + 1] ?? 0)).toString(16),
  );
  return normalAddress(groups.join(":")) ?? "";
}
