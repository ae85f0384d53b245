import { isRole, type Role } from "../contract/roles.ts";
import { maxApiKeyBytes } from "../store/api-keys.ts";

/** An entry of a bootstrap file. */
export interface BootstrapEntry {
  api_key: string;
  secret: string;
  role: Role;
  /** Counted from 1. */
  line: number;
}

/** A line that was skipped. Its content is left out: it may hold a secret. */
export interface BadLine {
  /** Counted from 1. */
  line: number;
  problem: string;
}

/**
 * Reads a bootstrap file: a line `{API Key}:{Secret Key}:{?Role}` for each key, blanks around a line do not count.
 * [emqx_mgmt_auth]
 *
 * Beyond EMQX, a bad line does not hide those after it, lines that start with `#` are comments, and a byte order
 * mark is skipped. Of a key that comes twice the last line counts.
 */
export function readBootstrapFile(text: string): { entries: BootstrapEntry[]; badLines: BadLine[] } {
  const entries = new Map<string, BootstrapEntry>();
  const badLines: BadLine[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const entry = readLine(line);
    if (typeof entry === "string") badLines.push({ line: index + 1, problem: entry });
    else entries.set(entry.api_key, { ...entry, line: index + 1 });
  }
  return { entries: [...entries.values()], badLines };
}

function readLine(line: string): Omit<BootstrapEntry, "line"> | string {
  const parts = line.split(":");
  const [api_key, secret, role = "administrator"] = parts;
  if (!api_key || !secret) return "not of the form {API Key}:{Secret Key}:{?Role}";
  if (parts.length > 3) return "more than two colons: a secret cannot hold one";
  if (!isRole(role)) return "the role is none of administrator, viewer, publisher";
  if (Buffer.byteLength(api_key) > maxApiKeyBytes) return `the key is longer than ${maxApiKeyBytes} bytes`;
  return { api_key, secret, role };
}
