import { isIP } from "node:net";

/**
 * An IP address in its usual form, `undefined` if the text is none. Takes IPv4 shorthand such as `127.1`, as EMQX
 * does, by the rules that URLs have for hosts; a port is not part of an address.
 */
export function normalAddress(text: string): string | undefined {
  if (!/^[\da-f:.]+$/i.test(text)) return undefined;
  const ipv6 = text.includes(":");
  if (ipv6 && isIP(text) !== 6) return undefined;
  const host = URL.parse(`http://${ipv6 ? `[${text}]` : text}`)?.hostname.replace(/^\[|\]$/g, "");
  return host && isIP(host) ? host : undefined;
}
