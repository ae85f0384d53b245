/** What an `Authorization` header carries. */
export type Credentials =
  | { scheme: "none" }
  | { scheme: "unsupported" }
  | { scheme: "bearer"; token: string }
  | { scheme: "basic"; api_key: string; secret: string }
  | { scheme: "basic"; malformed: true };

/**
 * Reads an `Authorization` header. The scheme's case does not matter; the first colon parts key from secret, so a
 * secret may hold colons. [RFC 7617 section 2, RFC 6750 section 2.1]
 */
export function readCredentials(header: string | undefined): Credentials {
  if (header === undefined) return { scheme: "none" };
  const [, scheme = "", value = ""] = /^(\S+) *(.*)$/s.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case "basic":
      return readBasic(value);
    case "bearer":
      return /^[\w.~+/-]+=*$/.test(value) ? { scheme: "bearer", token: value } : { scheme: "unsupported" };
    default:
      return { scheme: "unsupported" };
  }
}

function readBasic(value: string): Credentials {
  const base64 = value.replaceAll(" ", "");
  const valid = base64.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64);
  const text = valid ? Buffer.from(base64, "base64").toString() : "";
  const colon = text.indexOf(":");
  if (colon < 0) return { scheme: "basic", malformed: true };
  return { scheme: "basic", api_key: text.slice(0, colon), secret: text.slice(colon + 1) };
}
